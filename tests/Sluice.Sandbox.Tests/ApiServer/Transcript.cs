using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A scenario and what a real API server answered to it.</summary>
internal sealed class Transcript
{
    private readonly JsonObject _json;

    private Transcript(string name, JsonObject json)
    {
        (Name, _json) = (name, json);
        Steps = [.. json["steps"]!.AsArray().Select(step => new TranscriptStep(step!.AsObject()))];
    }

    /// <summary>The reference transcripts.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "01-crd-lifecycle", "02-custom-resource-crud", "03-custom-resource-validation", "04-patches", "05-server-side-apply", "06-list-and-selectors",
        "07-watch", "08-deletion", "09-discovery", "10-builtin-rules",
    ];

    /// <summary>Our own, recorded by <see cref="RecordingTests"/>; each brings what it needs in its first steps.</summary>
    public static IReadOnlyList<string> Recorded { get; } =
    [
        .. typeof(Transcript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Recorded/", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];

    public string Name { get; }

    public IReadOnlyList<TranscriptStep> Steps { get; }

    public bool UsesWidgets => Names.Contains(Name) && Name != "01-crd-lifecycle";

    public bool IsDiscovery => Name.EndsWith("discovery", StringComparison.Ordinal);

    public static Transcript Load(string name)
    {
        var folder = Names.Contains(name) ? "Transcripts" : "Recorded";
        using var stream = typeof(Transcript).Assembly.GetManifestResourceStream($"{folder}/{name}.json")!;
        return new Transcript(name, JsonNode.Parse(stream)!.AsObject());
    }

    public static Transcript Read(string file) => new(Path.GetFileNameWithoutExtension(file), JsonNode.Parse(File.ReadAllText(file))!.AsObject());

    /// <summary>The file's text, with a request and its answer on a line each.</summary>
    public string ToText()
    {
        var steps = Steps.Select(step =>
            $"  {{\"label\": {JsonValue.Create(step.Label).ToJsonString()},\n   \"request\": {step.Request.ToReadableText()},\n   \"response\": {step.Response.ToReadableText()}}}");
        return $"{{\n \"scenario\": \"{Name}\",\n \"about\": {_json["about"]!.AsValue().ToReadableText()},\n \"steps\": [\n{string.Join(",\n", steps)}\n ]\n}}\n";
    }
}

internal sealed class TranscriptStep(JsonObject json)
{
    public string Label { get; } = json["label"]!.GetValue<string>();

    public JsonObject Request { get; } = json["request"]!.AsObject();

    /// <summary>Empty in a scenario that is yet to be recorded.</summary>
    public JsonObject Response { get; set; } = json["response"]?.AsObject() ?? [];

    public bool IsWatch => Request["watch"]?.GetValue<bool>() == true;

    public int Status => Response["status"]!.GetValue<int>();
}
