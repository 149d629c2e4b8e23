using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>One request as the server saw it.</summary>
public sealed record SeenRequest(string Method, string Path, string Query, string? Authorization, string? ContentType, string Body)
{
    public string Accept { get; init; } = "";

    public string? Parameter(string name) => Query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair[0] == name)
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .FirstOrDefault();
}

/// <summary>An API server that answers by a script: what no rule matches is an error of the test.</summary>
public sealed class ScriptedApi : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>> script = new();

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Answers what the script does not.</summary>
    public Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>? Otherwise { get; set; }

    public ScriptedApi Then(HttpStatusCode code, string body, string mediaType = "application/json", Action<HttpResponseMessage>? with = null) =>
        Then((_, _) => Task.FromResult(Answer(code, body, mediaType, with)));

    public ScriptedApi Then(Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>> respond)
    {
        script.Enqueue(respond);
        return this;
    }

    public ScriptedApi ThenRefused() =>
        Then((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (api:443)"));

    /// <summary>Never answers, as a peer that vanished.</summary>
    public ScriptedApi ThenSilence() => Then(static async (_, ct) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        throw new InvalidOperationException("unreachable");
    });

    public ScriptedApi ThenStream(ScriptedStream stream) =>
        Then((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) }));

    public static HttpResponseMessage Answer(HttpStatusCode code, string body, string mediaType = "application/json", Action<HttpResponseMessage>? with = null)
    {
        var response = new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        with?.Invoke(response);
        return response;
    }

    public static string Status(int code, string reason, string message = "", string details = "{}") =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","details":{{details}},"code":{{code}}}""";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new SeenRequest(
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            request.RequestUri.Query,
            request.Headers.Authorization?.ToString(),
            request.Content?.Headers.ContentType?.MediaType,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken))
        {
            Accept = request.Headers.Accept.ToString(),
        };
        Requests.Enqueue(seen);
        if (script.TryDequeue(out var respond) || (respond = Otherwise) is not null)
            return await respond(seen, cancellationToken);

        throw new InvalidOperationException($"unexpected request: {seen}");
    }
}
