using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Api.Values;

/// <summary>Equality by what would be written to the API server: lists and raw JSON by content, times by the second, absent and null alike.</summary>
public static class SemanticEquality
{
    public static bool SemanticallyEqual<T>(T? left, T? right, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (left is null || right is null)
            return ReferenceEquals(left, right);
        return ReferenceEquals(left, right)
            || JsonElement.DeepEquals(JsonSerializer.SerializeToElement(left, typeInfo), JsonSerializer.SerializeToElement(right, typeInfo));
    }
}
