using System.Text.Json;

namespace Sluice.Engine.Plans;

/// <summary>How deep the raw JSON in a spec may nest: an API server takes ten thousand levels, and what walks them recursively must not run out of stack.</summary>
internal static class JsonDepth
{
    /// <summary>Levels. A pod spec needs about a dozen.</summary>
    public const int Max = 64;

    /// <summary>Reads what is made of such values, which nests them in a few levels of its own.</summary>
    public static readonly JsonDocumentOptions Reading = new() { MaxDepth = 2 * Max };

    public static bool IsExceededBy(JsonElement value) => IsDeeperThan(value, Max);

    private static bool IsDeeperThan(JsonElement value, int levels) => value.ValueKind switch
    {
        JsonValueKind.Object => levels == 0 || value.EnumerateObject().Any(member => IsDeeperThan(member.Value, levels - 1)),
        JsonValueKind.Array => levels == 0 || value.EnumerateArray().Any(item => IsDeeperThan(item, levels - 1)),
        _ => false,
    };
}
