using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A fresh sandbox whose clock moves only while a watch is open.</summary>
internal sealed class SandboxTarget : ITranscriptTarget
{
    private readonly ManualTime _time = new();
    private readonly InMemoryApiServer _server;

    public SandboxTarget() => _server = new InMemoryApiServer(new ApiServerOptions { TimeProvider = _time });

    public Task<TranscriptAnswer> SendAsync(TranscriptRequest request, IReadOnlyList<TranscriptRequest> during)
    {
        var response = Handle(request);
        var warning = response.Warnings.Count > 0 ? string.Join(", ", response.Warnings) : null;
        var answer = new TranscriptAnswer(response.StatusCode, response.ContentType, warning, null) { RetryAfter = response.RetryAfterSeconds?.ToString() };
        if (response.Watch is { } watch) return Task.FromResult(answer with { Events = Read(watch, request, during) });
        return Task.FromResult(answer with { Body = TranscriptAnswer.ParseBody(response.ContentType, Encoding.UTF8.GetString(response.Body.Span)) });
    }

    private JsonArray Read(WatchStream watch, TranscriptRequest request, IReadOnlyList<TranscriptRequest> during)
    {
        foreach (var other in during)
        {
            var response = Handle(other);
            response.StatusCode.ShouldBeLessThan(300, Encoding.UTF8.GetString(response.Body.Span));
        }

        _time.Advance(request.WatchTime);
        var events = new JsonArray();
        while (watch.TryRead(out var frame)) events.Add(JsonNode.Parse(frame.Line.Span));
        watch.Ended.ShouldBeTrue();
        return events;
    }

    private ApiResponse Handle(TranscriptRequest request) => _server.Handle(ApiRequest.FromUrl(request.Method, request.Path) with
    {
        Accept = request.Accept,
        ContentType = request.ContentType,
        UserAgent = "recorder/1",
        Body = request.BodyBytes,
    });
}
