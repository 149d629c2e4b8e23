using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What became of one recorded step.</summary>
/// <param name="Difference">Null where the answers agree.</param>
internal sealed record ReplayedStep(string Scenario, string Label, string? Difference);

/// <summary>Replays a scenario's requests against a server, which is to know nothing but its namespaces.</summary>
internal sealed class TranscriptReplay
{
    private readonly TranscriptComparison _comparison = new();
    private readonly Dictionary<string, JsonNode?> _answers = [];
    private readonly Transcript _transcript;
    private readonly ITranscriptTarget _target;

    private TranscriptReplay(Transcript transcript, ITranscriptTarget target) => (_transcript, _target) = (transcript, target);

    /// <summary>Compares what a fresh sandbox answers with what was recorded.</summary>
    public static Task<IReadOnlyList<ReplayedStep>> RunAsync(string name) => RunAsync(Transcript.Load(name), new SandboxTarget());

    public static async Task<IReadOnlyList<ReplayedStep>> RunAsync(Transcript transcript, ITranscriptTarget target)
    {
        var replay = new TranscriptReplay(transcript, target);
        await replay.PrepareAsync();
        var steps = new List<ReplayedStep>();
        foreach (var step in transcript.Steps)
        {
            steps.Add(new ReplayedStep(transcript.Name, step.Label, replay.Difference(step, await replay.SendAsync(step))));
        }

        return steps;
    }

    /// <summary>The answers of a server to a scenario's requests, one for each step.</summary>
    public static async Task<IReadOnlyList<TranscriptAnswer>> AnswersAsync(Transcript transcript, ITranscriptTarget target)
    {
        var replay = new TranscriptReplay(transcript, target);
        await replay.PrepareAsync();
        var answers = new List<TranscriptAnswer>();
        foreach (var step in transcript.Steps) answers.Add(await replay.SendAsync(step));
        return answers;
    }

    private async Task<TranscriptAnswer> SendAsync(TranscriptStep step)
    {
        await BeforeAsync(step.Label);
        var request = TranscriptRequest.Resolve(step.Request, _answers) with { IsWatch = step.IsWatch };
        var during = request.During.Select(other => TranscriptRequest.Resolve(other, _answers));
        if (_transcript.Name == "07-watch") during = During(step.Label);
        var answer = await _target.SendAsync(request, [.. during]);
        _answers[step.Label] = answer.Body;
        return answer;
    }

    private string? Difference(TranscriptStep step, TranscriptAnswer answer)
    {
        if (answer.Status != step.Status) return $"status: expected {step.Status} but was {answer.Status}: {answer.Body?.ToJsonString()}";
        if (step.Response["events"] is JsonArray events)
        {
            return answer.Events is null ? _comparison.Difference(events[0], answer.Body) : _comparison.Difference(WithoutBookmarks(events), WithoutBookmarks(answer.Events));
        }

        if (answer.ContentType != step.Response["contentType"]!.GetValue<string>()) return $"content type: was {answer.ContentType}";
        if (answer.Warning != step.Response["warning"]?.GetValue<string>()) return $"warning: was {answer.Warning}";
        if (step.Response["retryAfter"] is { } retry && answer.RetryAfter != retry.GetValue<string>()) return $"Retry-After: was {answer.RetryAfter}";
        return _transcript.IsDiscovery
            ? DiscoveryComparison.Difference(step.Response["body"], answer.Body)
            : _comparison.Difference(step.Response["body"], answer.Body);
    }

    // When a bookmark comes is a matter of timing, but for the one that ends the initial events.
    private static JsonArray WithoutBookmarks(JsonArray events) => new([.. events
        .Where(item => item!["type"]!.ToString() != "BOOKMARK" || item.ToJsonString().Contains("initial-events-end", StringComparison.Ordinal))
        .Select(item => item!.DeepClone())]);

    private async Task AskAsync(TranscriptRequest request)
    {
        var answer = await _target.SendAsync(request, []);
        answer.Status.ShouldBeLessThan(300, answer.Body?.ToJsonString());
    }

    /// <summary>The custom resource in use, and what the recorder of the ten had put in place before its first step.</summary>
    private async Task PrepareAsync()
    {
        if (!_transcript.UsesWidgets) return;
        await AskAsync(Post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Transcript.Load("01-crd-lifecycle").Steps[0].Request["body"]!.ToJsonString()));
        if (_transcript.Name != "06-list-and-selectors") return;
        const string widgets = "/apis/example.dev/v1/namespaces/default/widgets";
        for (var index = 0; index < 5; index++)
        {
            var (size, parity) = ("SMLSM"[index], index % 2 == 0 ? "even" : "odd");
            await AskAsync(Post(widgets, string.Create(CultureInfo.InvariantCulture,
                $$"""
                {"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"l{{index}}","labels":{"n":"{{index}}","parity":"{{parity}}"} },
                 "spec":{"size":"{{size}}","replicas":{{index}},"note":"hi"} }
                """)));
        }

        await AskAsync(Merge($"{widgets}/l1/status", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"""));
    }

    private async Task BeforeAsync(string label)
    {
        if (_transcript.Name != "07-watch") return;
        if (label == "watch-no-rv") await AskAsync(ConfigMap("w2"));
        if (label == "watch-list") await AskAsync(ConfigMap("w3"));
    }

    /// <summary>What happened while a watch of 07 was open.</summary>
    private static IReadOnlyList<TranscriptRequest> During(string label)
    {
        const string w1 = "/api/v1/namespaces/default/configmaps/w1";
        return label switch
        {
            "watch-from-list" =>
            [
                Post("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"w1","labels":{"color":"red"}},"data":{"a":"1"}}"""),
                Merge(w1, """{"data":{"a":"2"}}"""),
                Merge(w1, """{"metadata":{"labels":{"color":"blue"}}}"""),
                Merge(w1, """{"metadata":{"labels":{"color":"red"}}}"""),
                new TranscriptRequest("DELETE", w1, "", "application/json", ""),
            ],
            "watch-one-name" => [new TranscriptRequest("DELETE", "/api/v1/namespaces/default/configmaps/w2", "", "application/json", "")],
            "watch-list" => [ConfigMap("w4")],
            _ => [],
        };
    }

    private static TranscriptRequest ConfigMap(string name) =>
        Post("/api/v1/namespaces/default/configmaps", $$"""{"metadata":{"name":"{{name}}"},"data":{"k":"v"} }""");

    private static TranscriptRequest Post(string path, string body) => new("POST", path, "", "application/json", body);

    private static TranscriptRequest Merge(string path, string body) => new("PATCH", path, "", "application/merge-patch+json", body);
}
