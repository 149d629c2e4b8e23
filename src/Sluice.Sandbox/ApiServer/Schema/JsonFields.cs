using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Reads fields of JSON objects; a field of another type counts as absent.</summary>
internal static class JsonFields
{
    public static string Text(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    public static bool Flag(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static IReadOnlyList<string> Strings(this JsonObject json, string name) =>
        json[name] is JsonArray list
            ? [.. list.OfType<JsonValue>().Select(item => item.TryGetValue(out string? text) ? text : item.ToJsonString())]
            : [];

    /// <summary>A whole number; null when the field is absent or not one.</summary>
    public static long? Integer(this JsonObject json, string name) => json[name] is { } node && JsonNumber.TryReadInteger(node, out var value) ? value : null;

    public static double? Number(this JsonObject json, string name) => json[name] is { } node && JsonNumber.TryReadDouble(node, out var value) ? value : null;
}
