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
                return a.Count == b.Count && a.All(field => b.TryGetPropertyValue(field.Key, out var other) && DeepEquals(field.Value, other));
            case (JsonArray a, JsonArray b):
                return a.Count == b.Count && a.Zip(b).All(pair => DeepEquals(pair.First, pair.Second));
            default:
                return ScalarEquals(left, right);
        }
    }

    private static bool ScalarEquals(JsonNode left, JsonNode right)
    {
        var kind = left.GetValueKind();
        if (kind != right.GetValueKind() || left is not JsonValue || right is not JsonValue)
            return false;
        if (kind == JsonValueKind.String)
            return left.GetValue<string>() == right.GetValue<string>();
        if (kind != JsonValueKind.Number)
            return true;
        if (TryReadInteger(left, out var a) && TryReadInteger(right, out var b))
            return a == b;
        return TryReadDouble(left, out var x) && TryReadDouble(right, out var y) && x.Equals(y);
    }
}
