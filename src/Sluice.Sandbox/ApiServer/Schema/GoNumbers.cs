using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Numbers as Go reads and writes them: what is no integer of 64 bits is a double, and is written with the fewest digits that read back.
/// So a whole double is an integer once it was stored.
/// </summary>
internal static class GoNumbers
{
    // Within these encoding/json writes no exponent, as ECMAScript does.
    private const double Smallest = 1e-6;
    private const double Largest = 1e21;

    /// <summary>The first literal that no double can hold; null where there is none.</summary>
    public static string? FirstBeyondDoubles(JsonNode? tree) =>
        Doubles(tree).FirstOrDefault(value => JsonNumber.TryReadDouble(value, out var number) && !double.IsFinite(number))?.ToJsonString();

    public static bool HasDoubles(JsonNode? tree) => Doubles(tree).Any();

    /// <summary>Gives each double the form in which it is stored.</summary>
    public static void Settle(JsonNode? tree)
    {
        foreach (var value in Doubles(tree).ToList())
        {
            if (JsonNumber.TryReadDouble(value, out var number) && double.IsFinite(number)) value.ReplaceWith(JsonNode.Parse(Text(number)));
        }
    }

    private static IEnumerable<JsonValue> Doubles(JsonNode? tree)
    {
        var left = new Stack<JsonNode?>([tree]);
        while (left.TryPop(out var node))
        {
            switch (node)
            {
                case JsonObject fields:
                    foreach (var field in fields) left.Push(field.Value);
                    break;
                case JsonArray items:
                    foreach (var item in items) left.Push(item);
                    break;
                case JsonValue value when JsonNumber.IsNumber(value) && !JsonNumber.TryReadInteger(value, out _):
                    yield return value;
                    break;
            }
        }
    }

    private static string Text(double number)
    {
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return Math.Abs(number) switch
        {
            0 => "0",
            >= Smallest and < Largest => decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            _ => shortest.Replace("E-0", "e-", StringComparison.Ordinal).Replace('E', 'e'),
        };
    }
}
