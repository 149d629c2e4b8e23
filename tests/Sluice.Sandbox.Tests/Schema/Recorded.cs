using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.Schema;

/// <summary>What a real API server (Kubernetes 1.36) answered, recorded once and kept beside the tests.</summary>
internal static class Recorded
{
    public static JsonObject Read(string name)
    {
        using var stream = typeof(Recorded).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"No recording named {name}.");
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>The same JSON with every object's fields in alphabetical order, for messages that a reader can compare.</summary>
    public static string Canonical(JsonNode? node) => Sorted(node)?.ToJsonString() ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };
}
