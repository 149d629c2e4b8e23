using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer;

/// <summary>Reading of JSON whose shape is not known to be right: a part of another type reads as absent.</summary>
internal static class JsonExtensions
{
    // Kubernetes writes <, > and & plainly in JSON that is not meant for a browser; so do these bytes.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject? Object(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonObject;

    public static JsonArray? Array(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonArray;

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path) node = (node as JsonObject)?[key];
        return node;
    }

    public static string? String(this JsonNode? node, string key) => (node as JsonObject)?[key].AsText();

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Integer(this JsonNode? node, string key) => (node as JsonObject)?[key].AsInteger();

    public static long? AsInteger(this JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue(out long wide)) return wide;
        if (value.TryGetValue(out int narrow)) return narrow;
        return decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && decimal.Truncate(number) == number
            && number is >= long.MinValue and <= long.MaxValue
                ? (long)number
                : null;
    }

    public static bool IsTrue(this JsonNode? node, string key) => (node as JsonObject)?[key]?.GetValueKind() == JsonValueKind.True;

    /// <summary>Whether the key is there with something in it: not null, not an empty string, list or object.</summary>
    public static bool Has(this JsonNode? node, string key) => (node as JsonObject)?[key] switch
    {
        null => false,
        JsonObject part => part.Count > 0,
        JsonArray list => list.Count > 0,
        var value => value.AsText() is not { Length: 0 },
    };

    public static JsonObject Ensure(this JsonObject node, string key)
    {
        if (node[key] is JsonObject present) return present;
        var fresh = new JsonObject();
        node[key] = fresh;
        return fresh;
    }

    public static void SetDefault(this JsonObject node, string key, JsonNode value) => node[key] ??= value;

    public static JsonObject Metadata(this JsonObject node) => node.Ensure("metadata");

    public static string Name(this JsonObject node) => node.Object("metadata").String("name") ?? "";

    /// <summary>A copy in which a part is null, in its place, for what is to be put there.</summary>
    public static JsonObject CopyBut(this JsonObject node, string key)
    {
        var copy = new JsonObject(node.Options);
        for (var index = 0; index < node.Count; index++)
        {
            var (name, part) = node.GetAt(index);
            copy.Add(name, name == key ? null : part?.DeepClone());
        }

        return copy;
    }

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>Removes fields that are null, at any depth, as a typed decoder does.</summary>
    public static void DropNulls(this JsonNode node)
    {
        if (node is JsonObject value)
        {
            for (var index = value.Count - 1; index >= 0; index--)
            {
                var part = value.GetAt(index).Value;
                if (part is null) value.RemoveAt(index);
                else if (part is not JsonValue) part.DropNulls();
            }
        }
        else if (node is JsonArray list)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is { } item and not JsonValue) item.DropNulls();
            }
        }
    }

    /// <summary>Replaces a top-level part by a copy of another object's part, or removes it where that has none.</summary>
    public static void CopyPart(this JsonObject target, JsonObject source, string key)
    {
        if (source.TryGetPropertyValue(key, out var part)) target[key] = part?.DeepClone();
        else target.Remove(key);
    }

    /// <summary>The same without a copy: the part leaves the other object.</summary>
    public static void TakePart(this JsonObject target, JsonObject source, string key)
    {
        if (source.Remove(key, out var part)) target[key] = part;
        else target.Remove(key);
    }

    public static byte[] ToUtf8Bytes(this JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Writing)) node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
