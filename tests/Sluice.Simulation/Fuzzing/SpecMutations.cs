using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Simulation.Fuzzing;

/// <summary>Spoils a JSON tree somewhere, a little or badly.</summary>
internal sealed class SpecMutations(Random random)
{
    private const int MostBytes = 3 * 1024 * 1024;

    private static readonly Func<JsonNode?>[] Strange =
    [
        () => null, () => true, () => 0, () => -1, () => "text", () => "", () => new JsonObject(), () => new JsonArray(), () => new JsonArray(null, 1, "a"),
        () => int.MaxValue, () => (long)int.MaxValue + 1, () => long.MinValue, () => ulong.MaxValue, () => 0.5, () => -0.0, () => 1e308, () => 5e-324,
        () => JsonNode.Parse("100000000000000000000000000000000"),
        () => new JsonObject { ["name"] = null }, () => new JsonObject { ["unknown"] = 1 },
    ];

    /// <summary>One step away from what it was: another type, a bound exceeded by one, a field missing, unknown, twice or null.</summary>
    public void Nearly(JsonObject root)
    {
        var (parent, key) = Place(root);
        switch (random.Next(6))
        {
            case 0:
                Remove(parent, key);
                break;
            case 1 when parent is JsonObject fields:
                fields["unknownField"] = "x";
                break;
            case 2 when At(parent, key) is JsonArray { Count: > 0 } items:
                items.Add(items[random.Next(items.Count)]?.DeepClone());
                break;
            case 3 when At(parent, key) is JsonValue value && value.TryGetValue(out long number):
                Set(parent, key, number + (random.Next(2) == 0 ? 1 : -1));
                break;
            case 4 when At(parent, key) is JsonValue value && value.TryGetValue(out string? text):
                Set(parent, key, random.Next(2) == 0 ? text + "x" : HostileText.Cut(text, Math.Max(0, text.Length - 1)));
                break;
            default:
                Set(parent, key, Strange[random.Next(Strange.Length)]());
                break;
        }
    }

    /// <summary>What nobody writes by mistake.</summary>
    public void Badly(JsonObject root)
    {
        var (parent, key) = Place(root);
        var present = At(parent, key);
        switch (random.Next(5))
        {
            case 0 when present is JsonArray { Count: > 0 } items:
                // No more than an API server would take as one body.
                var most = MostBytes / (items[0] is { } item ? DeepJson.Bytes(item).Length : 4);
                Set(parent, key, new JsonArray([.. Enumerable.Range(0, Math.Min(most, random.Next(2) == 0 ? 51 : 10_000)).Select(_ => items[0]?.DeepClone())]));
                break;
            case 1:
                Set(parent, key, Nested(random.Next(2) == 0 ? 60 : 3_000));
                break;
            case 2 when present is JsonObject fields:
                for (var field = 0; field < 2_000; field++) fields[string.Create(CultureInfo.InvariantCulture, $"field-{field}")] = "x";
                break;
            case 3 when parent is JsonObject fields:
                fields[HostileText.All[random.Next(HostileText.All.Count)]] = "x";
                break;
            default:
                Set(parent, key, HostileText.All[random.Next(HostileText.All.Count)]);
                break;
        }
    }

    private static JsonNode Nested(int levels)
    {
        JsonNode value = "x";
        for (var level = 0; level < levels; level++) value = level % 2 == 0 ? new JsonArray(value) : new JsonObject { ["a"] = value };
        return value;
    }

    /// <summary>Any member of any object or list in the tree, each level as probable as the next.</summary>
    private (JsonNode Parent, object Key) Place(JsonObject root)
    {
        JsonNode parent = root;
        while (true)
        {
            var keys = Keys(parent);
            if (keys.Count == 0) return (parent, "added");

            var key = keys[random.Next(keys.Count)];
            if (At(parent, key) is not (JsonObject or JsonArray) || random.Next(4) == 0) return (parent, key);
            parent = At(parent, key)!;
        }
    }

    private static List<object> Keys(JsonNode parent) => parent switch
    {
        JsonObject fields => [.. fields.Select(field => field.Key)],
        JsonArray items => [.. Enumerable.Range(0, items.Count).Cast<object>()],
        _ => [],
    };

    private static JsonNode? At(JsonNode parent, object key) => (parent, key) switch
    {
        (JsonObject fields, string name) => fields[name],
        (JsonArray items, int index) => items[index],
        _ => null,
    };

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (parent is JsonObject fields) fields[(string)key] = value;
        else if (parent is JsonArray items && key is int index) items[index] = value;
        else if (parent is JsonArray list) list.Add(value);
    }

    private static void Remove(JsonNode parent, object key)
    {
        if (parent is JsonObject fields) fields.Remove((string)key);
        else if (parent is JsonArray items && key is int index) items.RemoveAt(index);
    }
}
