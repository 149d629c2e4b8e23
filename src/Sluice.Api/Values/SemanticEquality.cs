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
        if (ReferenceEquals(left, right))
            return true;

        // Mostly the texts are the same, and need not be read. Where they are not, members of raw JSON may still stand in another order.
        var (text, other) = (JsonSerializer.SerializeToUtf8Bytes(left, typeInfo), JsonSerializer.SerializeToUtf8Bytes(right, typeInfo));
        var reading = new JsonDocumentOptions { MaxDepth = typeInfo.Options.MaxDepth };
        return text.AsSpan().SequenceEqual(other) || JsonElement.DeepEquals(JsonElement.Parse(text, reading), JsonElement.Parse(other, reading));
    }
}
