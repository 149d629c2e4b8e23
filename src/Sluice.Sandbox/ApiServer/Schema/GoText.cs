using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Values as Go prints them in messages.</summary>
internal static class GoText
{
    /// <summary>The plain form (%v): <c>map[a:1 b:[x y]]</c>.</summary>
    public static string Of(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(" ", map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}:{Of(field.Value)}"))}]",
        JsonArray list => $"[{string.Join(" ", list.Select(Of))}]",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => OfNumber(value),
            _ => value.ToJsonString(),
        },
    };

    /// <summary>The form of a bad value in a field error: strings quoted, scalars plain, anything else as JSON.</summary>
    public static string OfBadValue(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject or JsonArray => Json(value),
        _ when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        _ => Of(value),
    };

    /// <summary>The quoted form (%q).</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\v' => "\\v",
                < ' ' or '\x7f' => $"\\x{(int)character:x2}",
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A double in the shortest form that reads back, with an exponent from 1e21 on and below 1e-4 (%v).</summary>
    public static string Double(double value) => Double(value, exponentFrom: 1e21);

    /// <summary>The same with an exponent from 1e6 on (%g).</summary>
    public static string ShortDouble(double value) => Double(value, exponentFrom: 1e6);

    private static string Double(double value, double exponentFrom)
    {
        if (double.IsPositiveInfinity(value))
            return "+Inf";
        if (double.IsNegativeInfinity(value))
            return "-Inf";
        if (double.IsNaN(value))
            return "NaN";
        var magnitude = Math.Abs(value);
        if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < exponentFrom))
            return magnitude < 1e15 ? value.ToString("R", CultureInfo.InvariantCulture) : value.ToString("F0", CultureInfo.InvariantCulture);
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0
            ? value.ToString("0.################e+00", CultureInfo.InvariantCulture)
            : $"{text[..exponent]}e{text[exponent + 1]}{text[(exponent + 2)..].PadLeft(2, '0')}";
    }

    /// <summary>JSON as Go writes it: keys in alphabetical order, and <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> escaped.</summary>
    public static string Json(JsonNode? value) => Sorted(value) is { } sorted ? GoJson.Escape(sorted.ToJsonString(GoJson.Relaxed)) : "null";

    private static string OfNumber(JsonNode value) =>
        JsonNumber.TryReadInteger(value, out var integer) ? integer.ToString(CultureInfo.InvariantCulture)
        : JsonNumber.TryReadDouble(value, out var number) ? Double(number)
        : value.ToJsonString();

    private static JsonNode? Sorted(JsonNode? value)
    {
        switch (value)
        {
            case null:
                return null;
            case JsonObject map:
                return new JsonObject(map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value))));
            case JsonArray list:
                return new JsonArray([.. list.Select(Sorted)]);
            default:
                return value.DeepClone();
        }
    }
}
