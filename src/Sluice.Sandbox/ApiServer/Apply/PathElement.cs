using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// One step of a field path in the form of FieldsV1: <c>f:name</c> for a field, <c>k:{"name":"main"}</c> for the item of a keyed list,
/// <c>v:"x"</c> for a set's item. Equal steps are equal strings: keys are sorted and JSON is written without spaces.
/// </summary>
internal static class PathElement
{
    public static string Field(string name) => $"f:{name}";

    public static bool IsField(string element, out string name)
    {
        var isField = element.StartsWith("f:", StringComparison.Ordinal);
        name = isField ? element[2..] : "";
        return isField;
    }

    /// <summary>The step that leads to a list's item; null when the item lacks what tells it from others.</summary>
    public static string? Item(StructuralSchema list, JsonNode? item)
    {
        if (list.ListType == ListType.Set)
            return item is JsonValue ? $"v:{Write(item)}" : null;
        if (item is not JsonObject map)
            return null;

        var keys = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var name in list.ListMapKeys)
        {
            if (map.TryGetPropertyValue(name, out var value))
                keys[name] = value;
            else if (list.Items?.Properties.GetValueOrDefault(name)?.Default is { } preset)
                keys[name] = preset;
        }

        return keys.Count == 0 ? null : $"k:{{{string.Join(",", keys.Select(key => $"{Write(key.Key)}:{Write(key.Value)}"))}}}";
    }

    /// <summary>The step as it stands in conflict messages, such as <c>.spec</c> or <c>[name="main"]</c>.</summary>
    public static string Describe(string element)
    {
        if (IsField(element, out var name))
            return $".{name}";
        var content = element[2..];
        return element[0] switch
        {
            'k' => $"[{string.Join(",", JsonNode.Parse(content)!.AsObject().Select(key => $"{key.Key}={Write(key.Value)}"))}]",
            'v' => $"[={content}]",
            _ => $"[{content}]",
        };
    }

    public static string Describe(IEnumerable<string> path) => string.Concat(path.Select(Describe));

    private static string Write(JsonNode? value) => value is null ? "null" : GoJson.Escape(value.ToJsonString(GoJson.Relaxed));

    /// <summary>Fields before keyed items before set items; numbers within keys by value, so that port 80 stands before 443.</summary>
    internal sealed class Order : IComparer<string>
    {
        public static readonly Order Instance = new();

        public int Compare(string? x, string? y)
        {
            if (x is null || y is null || x.Length < 2 || y.Length < 2 || x[0] != y[0] || x[0] is not ('k' or 'v'))
                return string.CompareOrdinal(x, y);
            return x == y ? 0 : CompareKeys(x, y);
        }

        private static int CompareKeys(string x, string y)
        {
            using var left = JsonDocument.Parse(x.AsMemory(2));
            using var right = JsonDocument.Parse(y.AsMemory(2));
            if (left.RootElement.ValueKind != JsonValueKind.Object || right.RootElement.ValueKind != JsonValueKind.Object)
                return CompareValues(left.RootElement, right.RootElement, x, y);
            foreach (var (a, b) in left.RootElement.EnumerateObject().Zip(right.RootElement.EnumerateObject()))
            {
                var byName = string.CompareOrdinal(a.Name, b.Name);
                var order = byName != 0 ? byName : CompareValues(a.Value, b.Value, a.Value.GetRawText(), b.Value.GetRawText());
                if (order != 0)
                    return order;
            }

            return string.CompareOrdinal(x, y);
        }

        private static int CompareValues(JsonElement left, JsonElement right, string leftText, string rightText) =>
            left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number
            && double.TryParse(left.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
            && double.TryParse(right.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
                ? a.CompareTo(b)
                : string.CompareOrdinal(leftText, rightText);
    }
}
