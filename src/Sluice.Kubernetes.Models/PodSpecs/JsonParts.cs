using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Kubernetes.Models.PodSpecs;

/// <summary>Reading of JSON whose shape is not known to be right: a part of another type reads as absent.</summary>
internal static class JsonParts
{
    public static JsonObject? Object(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonObject;

    public static IEnumerable<JsonObject> Objects(this JsonNode? node, string key) => ((node as JsonObject)?[key] as JsonArray ?? []).OfType<JsonObject>();

    public static string? String(this JsonObject node, string key) => node[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static JsonObject Ensure(this JsonObject node, string key)
    {
        if (node[key] is JsonObject present) return present;

        var fresh = new JsonObject();
        node[key] = fresh;
        return fresh;
    }

    public static void SetDefault(this JsonObject? node, string key, JsonNode value)
    {
        if (node is not null) node[key] ??= value;
    }
}
