using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>What became of one recorded step.</summary>
/// <param name="Difference">Null where the answers agree.</param>
internal sealed record ReplayedStep(string Scenario, string Label, string? Difference);

/// <summary>Replays a scenario's requests against a fresh sandbox.</summary>
internal sealed partial class TranscriptReplay
{
    private readonly ManualTime _time = new();
    private readonly TranscriptComparison _comparison = new();
    private readonly Dictionary<string, JsonNode?> _answers = [];
    private readonly Transcript _transcript;
    private readonly InMemoryApiServer _server;

    private TranscriptReplay(Transcript transcript)
    {
        _transcript = transcript;
        _server = new InMemoryApiServer(new ApiServerOptions { TimeProvider = _time });
    }

    public static IReadOnlyList<ReplayedStep> Run(string name)
    {
        var replay = new TranscriptReplay(Transcript.Load(name));
        replay.Prepare();
        return [.. replay._transcript.Steps.Select(step => new ReplayedStep(name, step.Label, replay.Replay(step)))];
    }

    private string? Replay(TranscriptStep step)
    {
        Before(step.Label);
        if (step.IsWatch) return ReplayWatch(step);
        var response = Send(step.Request);
        var text = Encoding.UTF8.GetString(response.Body.Span);
        var isJson = response.ContentType.StartsWith("application/json", StringComparison.Ordinal);
        var body = isJson ? JsonNode.Parse(text) : JsonValue.Create(text);
        _answers[step.Label] = body;
        if (response.StatusCode != step.Status) return $"status: expected {step.Status} but was {response.StatusCode}: {text}";
        if (response.ContentType != step.Response["contentType"]!.GetValue<string>()) return $"content type: was {response.ContentType}";
        var warning = response.Warnings.Count > 0 ? string.Join(", ", response.Warnings) : null;
        if (warning != step.Response["warning"]?.GetValue<string>()) return $"warning: was {warning}";
        if (_transcript.Name == "09-discovery") return DiscoveryComparison.Difference(step.Response["body"], body);
        return _comparison.Difference(step.Response["body"], body);
    }

    private string? ReplayWatch(TranscriptStep step)
    {
        var response = Send(step.Request);
        if (response.StatusCode != step.Status) return $"status: expected {step.Status} but was {response.StatusCode}";
        var expected = step.Response["events"]!.AsArray();
        if (response.Watch is not { } watch) return _comparison.Difference(expected[0], JsonNode.Parse(response.Body.Span));
        During(step.Label);
        _time.Advance(TimeSpan.FromSeconds(5));
        var events = new JsonArray();
        while (watch.TryRead(out var frame)) events.Add(JsonNode.Parse(frame.Line.Span));
        watch.Ended.ShouldBeTrue();
        return _comparison.Difference(expected, events);
    }

    private ApiResponse Send(JsonObject request)
    {
        var path = Reference().Replace(request["path"]!.GetValue<string>(), Resolve);
        var body = request["body"] switch
        {
            null => "",
            JsonValue text => text.GetValue<string>(),
            var json => Reference().Replace(json.ToJsonString(), Resolve),
        };
        return _server.Handle(ApiRequest.FromUrl(request["method"]!.GetValue<string>(), path) with
        {
            Accept = request["accept"]?.GetValue<string>() ?? "",
            ContentType = request["contentType"]?.GetValue<string>() ?? "",
            UserAgent = "recorder/1",
            Body = Encoding.UTF8.GetBytes(body),
        });
    }

    private string Resolve(Match reference)
    {
        var parts = reference.Groups["path"].Value.Split('.');
        var node = _answers[parts[0]];
        foreach (var part in parts[1..]) node = node![part];
        return node!.GetValue<string>();
    }

    private ApiResponse Ask(string method, string path, string body, string contentType = "application/json")
    {
        var response = _server.Handle(ApiRequest.FromUrl(method, path) with
        {
            ContentType = contentType,
            UserAgent = "recorder/1",
            Body = Encoding.UTF8.GetBytes(body),
        });
        response.StatusCode.ShouldBeLessThan(300, Encoding.UTF8.GetString(response.Body.Span));
        return response;
    }

    /// <summary>The custom resource in use, and what the recorder had put in place before its first step.</summary>
    private void Prepare()
    {
        if (_transcript.Name == "01-crd-lifecycle") return;
        Ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Transcript.Load("01-crd-lifecycle").Steps[0].Request["body"]!.ToJsonString());
        if (_transcript.Name != "06-list-and-selectors") return;
        const string widgets = "/apis/example.dev/v1/namespaces/default/widgets";
        for (var index = 0; index < 5; index++)
        {
            var (size, parity) = ("SMLSM"[index], index % 2 == 0 ? "even" : "odd");
            Ask("POST", widgets, string.Create(CultureInfo.InvariantCulture,
                $$"""
                {"apiVersion":"example.dev/v1","kind":"Widget","metadata":{"name":"l{{index}}","labels":{"n":"{{index}}","parity":"{{parity}}"} },
                 "spec":{"size":"{{size}}","replicas":{{index}},"note":"hi"} }
                """));
        }

        Ask("PATCH", $"{widgets}/l1/status", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", "application/merge-patch+json");
    }

    private void Before(string label)
    {
        if (_transcript.Name != "07-watch") return;
        if (label == "watch-no-rv") CreateConfigMap("w2");
        if (label == "watch-list") CreateConfigMap("w3");
    }

    /// <summary>What happened while a recorded watch was open.</summary>
    private void During(string label)
    {
        const string w1 = "/api/v1/namespaces/default/configmaps/w1";
        const string merge = "application/merge-patch+json";
        switch (label)
        {
            case "watch-from-list":
                Ask("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"w1","labels":{"color":"red"}},"data":{"a":"1"}}""");
                Ask("PATCH", w1, """{"data":{"a":"2"}}""", merge);
                Ask("PATCH", w1, """{"metadata":{"labels":{"color":"blue"}}}""", merge);
                Ask("PATCH", w1, """{"metadata":{"labels":{"color":"red"}}}""", merge);
                Ask("DELETE", w1, "");
                break;
            case "watch-one-name":
                Ask("DELETE", "/api/v1/namespaces/default/configmaps/w2", "");
                break;
            case "watch-list":
                CreateConfigMap("w4");
                break;
        }
    }

    private void CreateConfigMap(string name) =>
        Ask("POST", "/api/v1/namespaces/default/configmaps", $$"""{"metadata":{"name":"{{name}}"},"data":{"k":"v"} }""");

    [GeneratedRegex(@"\{\{(?<path>[^}]+)\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
