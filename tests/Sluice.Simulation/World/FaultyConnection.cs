using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Simulation.World;

/// <summary>A connection on which things go wrong, as somebody who watches the requests says.</summary>
internal sealed class FaultyConnection(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Why an admission webhook denies a request; null where it lets it pass.</summary>
    public Func<HttpRequestMessage, string?>? Denies { get; init; }

    /// <summary>What befalls a request; null where nothing does.</summary>
    public Func<HttpRequestMessage, ConnectionFault?>? Strikes { get; init; }

    /// <summary>Keeps a request back and sends it later.</summary>
    public Action<HttpRequestMessage>? Holds { get; init; }

    /// <summary>Whether a request can meet a fault: a read that is carried out and not answered is one that was not carried out.</summary>
    public static bool CanStrike(ConnectionFault fault, HttpRequestMessage request) => fault switch
    {
        // A creation that conflicts finds its name taken: that is what a committed one with a lost answer leads to.
        ConnectionFault.Conflict => request.Method != HttpMethod.Get && request.Method != HttpMethod.Post,
        ConnectionFault.Gone => request.Method == HttpMethod.Get && IsList(request.RequestUri!.AbsolutePath),
        ConnectionFault.CutAfter or ConnectionFault.TimeoutCommitted or ConnectionFault.Held => request.Method != HttpMethod.Get,
        _ => true,
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Denies?.Invoke(request) is { } why) return Answer(HttpStatusCode.Forbidden, "Forbidden", why);

        switch (Strikes?.Invoke(request))
        {
            case null:
                return await base.SendAsync(request, cancellationToken);
            case ConnectionFault.Conflict:
                return Answer(HttpStatusCode.Conflict, "Conflict");
            case ConnectionFault.Gone:
                return Answer(HttpStatusCode.Gone, "Expired");
            case ConnectionFault.TooManyRequests:
                return LaterAgain();
            case ConnectionFault.ServerError:
                return Answer(HttpStatusCode.InternalServerError, "InternalError");
            case ConnectionFault.Unavailable:
                return Answer(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable");
            case ConnectionFault.CutBefore:
                throw new HttpRequestException("the connection was cut before the request was sent");
            case ConnectionFault.TimeoutLost:
                throw new TimeoutException("no answer in time; the request never arrived");
            case ConnectionFault.Held:
                Holds!(request);
                throw new TimeoutException("no answer in time; the request is still under way");
            case ConnectionFault.TimeoutCommitted:
                using (await base.SendAsync(request, cancellationToken)) throw new TimeoutException("no answer in time; the request was carried out");
            default:
                using (await base.SendAsync(request, cancellationToken)) throw new HttpRequestException("the connection was cut after the request was committed");
        }
    }

    /// <summary>A list ends with its resource: <c>…/namespaces/shop/pods</c>, or <c>/apis/batch/v1/jobs</c> over all namespaces.</summary>
    private static bool IsList(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [.., "namespaces", _, _] or ["apis", _, _, _] or ["api", _, _];

    private static HttpResponseMessage LaterAgain()
    {
        var answer = Answer(HttpStatusCode.TooManyRequests, "TooManyRequests");
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(1));
        return answer;
    }

    private static HttpResponseMessage Answer(HttpStatusCode code, string reason, string message = "a fault of the simulation") => new(code)
    {
        Content = new StringContent(
            $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","message":"{{message}}","code":{{(int)code}}}""", Encoding.UTF8, "application/json"),
    };
}
