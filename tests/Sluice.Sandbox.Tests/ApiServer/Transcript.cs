using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>A scenario recorded from a real API server.</summary>
internal sealed class Transcript
{
    private Transcript(string name, IReadOnlyList<TranscriptStep> steps) => (Name, Steps) = (name, steps);

    public static IReadOnlyList<string> Names { get; } =
    [
        "01-crd-lifecycle", "02-custom-resource-crud", "03-custom-resource-validation", "04-patches", "05-server-side-apply", "06-list-and-selectors",
        "07-watch", "08-deletion", "09-discovery", "10-builtin-rules",
    ];

    public string Name { get; }

    public IReadOnlyList<TranscriptStep> Steps { get; }

    public static Transcript Load(string name)
    {
        using var stream = typeof(Transcript).Assembly.GetManifestResourceStream($"Transcripts/{name}.json")!;
        var steps = JsonNode.Parse(stream)!["steps"]!.AsArray().Select(step => new TranscriptStep(step!.AsObject()));
        return new Transcript(name, [.. steps]);
    }
}

internal sealed class TranscriptStep(JsonObject json)
{
    public string Label { get; } = json["label"]!.GetValue<string>();

    public JsonObject Request { get; } = json["request"]!.AsObject();

    public JsonObject Response { get; } = json["response"]!.AsObject();

    public bool IsWatch => Request["watch"]?.GetValue<bool>() == true;

    public int Status => Response["status"]!.GetValue<int>();
}
