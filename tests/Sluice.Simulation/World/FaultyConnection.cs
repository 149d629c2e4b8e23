using System.Net;
using System.Text;

namespace Sluice.Simulation.World;

/// <summary>
/// A connection on which things go wrong, drawn from a seed: answers 409, 500 and 503 without anything done, connections cut before a request
/// is sent, and connections cut after it was committed.
/// </summary>
internal sealed class FaultyConnection(HttpMessageHandler inner, Random random, Func<double> rate) : DelegatingHandler(inner)
{
    /// <summary>Why an admission webhook denies a request; null where it lets it pass.</summary>
    public Func<HttpRequestMessage, string?>? Denies { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Denies?.Invoke(request) is { } why) return Answer(HttpStatusCode.Forbidden, "Forbidden", why);
        if (random.NextDouble() >= rate()) return await base.SendAsync(request, cancellationToken);

        switch (random.Next(5))
        {
            case 0 when request.Method != HttpMethod.Get && request.Method != HttpMethod.Post:
                return Answer(HttpStatusCode.Conflict, "Conflict");
            case 1:
                return Answer(HttpStatusCode.InternalServerError, "InternalError");
            case 2:
                return Answer(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
            case 3:
                throw new HttpRequestException("the connection was cut before the request was sent");
            default:
                using (await base.SendAsync(request, cancellationToken))
                {
                    throw new HttpRequestException("the connection was cut after the request was committed");
                }
        }
    }

    private static HttpResponseMessage Answer(HttpStatusCode code, string reason, string message = "a fault of the simulation") => new(code)
    {
        Content = new StringContent(
            $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","message":"{{message}}","code":{{(int)code}}}""", Encoding.UTF8, "application/json"),
    };
}
