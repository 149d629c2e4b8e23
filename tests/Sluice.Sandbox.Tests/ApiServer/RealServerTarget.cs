using System.Net.Http.Headers;
using System.Net.Security;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A real API server on this machine, a measuring instrument: whoever signed its certificate is trusted.</summary>
internal sealed class RealServerTarget : ITranscriptTarget, IDisposable
{
    // After a change of a definition the server swaps handlers in its own time, and says nowhere when it has.
    private static readonly TimeSpan DefinitionsSettle = TimeSpan.FromSeconds(1.5);

    private readonly HttpClient _client;

    public RealServerTarget(Uri address)
    {
        if (!address.IsLoopback) throw new ArgumentException($"only a server on this machine is recorded, not {address}", nameof(address));
        var handler = new SocketsHttpHandler();
        // It signs its certificate itself; the name in it must be right nevertheless.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors;
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        _client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "recorder/1");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "admin");
    }

    public void Dispose() => _client.Dispose();

    public async Task<TranscriptAnswer> SendAsync(TranscriptRequest request, IReadOnlyList<TranscriptRequest> during)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var message = Message(request);
        using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        // As it was sent: parsed, it would be written anew with other spaces.
        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : "";
        var warning = response.Headers.TryGetValues("Warning", out var values) ? string.Join(", ", values) : null;
        var answer = new TranscriptAnswer((int)response.StatusCode, type, warning, null)
        {
            RetryAfter = response.Headers.TryGetValues("Retry-After", out var retry) ? retry.First() : null,
        };
        if (request.IsWatch && response.IsSuccessStatusCode)
        {
            foreach (var other in during) (await SendAsync(other, [])).Status.ShouldBeLessThan(300, other.Path);
            var lines = await response.Content.ReadAsStringAsync(cancellation);
            return answer with { Events = new JsonArray([.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))]) };
        }

        answer = answer with { Body = TranscriptAnswer.ParseBody(type, await response.Content.ReadAsStringAsync(cancellation)) };
        var redefines = request.Method != "GET" && request.Path.Contains("/customresourcedefinitions", StringComparison.Ordinal) && answer.Status < 300;
        if (redefines) await Task.Delay(DefinitionsSettle, TimeProvider.System, cancellation);
        return answer;
    }

    private static HttpRequestMessage Message(TranscriptRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Path);
        if (request.Accept.Length > 0) message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (request.Body.Length == 0 && request.ContentType.Length == 0) return message;
        message.Content = new ByteArrayContent(request.BodyBytes.ToArray());
        if (request.ContentType.Length > 0) message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        return message;
    }
}
