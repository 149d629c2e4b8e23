using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Numbers as a Kubernetes API server reads them: a literal without fraction and exponent that fits 64 bits is an integer,
/// any other a double. Nodes made in code (an int, a long) and nodes parsed from text read alike.
/// </summary>
internal static class JsonNumber
{
    public static bool IsNumber(JsonNode node) => node.GetValueKind() == JsonValueKind.Number;

    public static bool TryReadInteger(JsonNode node, out long value)
    {
        value = 0;
        if (node is JsonValue scalar && scalar.TryGetValue(out JsonElement parsed))
            return parsed.ValueKind == JsonValueKind.Number && parsed.TryGetInt64(out value);
        return IsNumber(node) && long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryReadDouble(JsonNode node, out double value)
    {
        value = 0;
        return IsNumber(node) && double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Equality of JSON values where 1 and 1.0 are the same number, as the server compares them.</summary>
    public static bool DeepEquals(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (null, null):
                return true;
            case (null, _) or (_, null):
                return false;
            case (JsonObject a, JsonObject b):
                return ObjectEquals(a, b);
            case (JsonArray a, JsonArray b):
                return ArrayEquals(a, b);
            default:
                return ScalarEquals(left, right);
        }
    }

    private static bool ObjectEquals(JsonObject left, JsonObject right)
    {
        if (left.Count != right.Count)
            return false;
        foreach (var (name, value) in left)
        {
            if (!right.TryGetPropertyValue(name, out var other) || !DeepEquals(value, other))
                return false;
        }

        return true;
    }

    private static bool ArrayEquals(JsonArray left, JsonArray right)
    {
        if (left.Count != right.Count)
            return false;
        for (var index = 0; index < left.Count; index++)
        {
            if (!DeepEquals(left[index], right[index]))
                return false;
        }

        return true;
    }

    private static bool ScalarEquals(JsonNode left, JsonNode right)
    {
        var kind = left.GetValueKind();
        if (kind != right.GetValueKind() || left is not JsonValue || right is not JsonValue)
            return false;
        if (kind == JsonValueKind.String)
            return TextEquals((JsonValue)left, (JsonValue)right);
        if (kind != JsonValueKind.Number)
            return true;
        if (TryReadInteger(left, out var a) && TryReadInteger(right, out var b))
            return a == b;
        return TryReadDouble(left, out var x) && TryReadDouble(right, out var y) && x.Equals(y);
    }

    // What was parsed is compared as it lies there: reading it would make a new string each time.
    private static bool TextEquals(JsonValue left, JsonValue right)
    {
        if (!left.TryGetValue(out JsonElement parsed))
            return right.TryGetValue(out JsonElement other) ? other.ValueEquals(left.GetValue<string>()) : left.GetValue<string>() == right.GetValue<string>();
        return right.TryGetValue(out JsonElement both) ? JsonElement.DeepEquals(parsed, both) : parsed.ValueEquals(right.GetValue<string>());
    }
}
