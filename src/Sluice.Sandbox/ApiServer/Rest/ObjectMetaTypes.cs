using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The JSON types of ObjectMeta: what everything later relies on.</summary>
internal static class ObjectMetaTypes
{
    private static readonly string[] Texts = ["name", "generateName", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"];

    /// <summary>The first part of the wrong type, in the words of Go's decoder; null where all fit.</summary>
    /// <param name="value">The object.</param>
    /// <param name="prefix">What stands before a field's name: <c>metadata.</c> or nothing.</param>
    public static string? FirstMismatch(JsonObject value, string prefix)
    {
        if (value["metadata"] is not { } node) return null;
        if (node is not JsonObject metadata) return Mismatch(node, prefix, "metadata", "v1.ObjectMeta");
        foreach (var name in Texts)
        {
            if (metadata[name] is { } text && text.AsText() is null) return Mismatch(text, prefix, name, "string");
        }

        return TextMap(metadata, prefix, "labels") ?? TextMap(metadata, prefix, "annotations") ?? Finalizers(metadata, prefix) ?? Owners(metadata, prefix);
    }

    private static string? TextMap(JsonObject metadata, string prefix, string name)
    {
        if (metadata[name] is not { } node) return null;
        if (node is not JsonObject map) return Mismatch(node, prefix, name, "map[string]string");
        foreach (var (_, value) in map)
        {
            if (value is not null && value.AsText() is null) return Mismatch(value, prefix, name, "string");
        }

        return null;
    }

    private static string? Finalizers(JsonObject metadata, string prefix)
    {
        if (metadata["finalizers"] is not { } node) return null;
        if (node is not JsonArray list) return Mismatch(node, prefix, "finalizers", "[]string");
        return list.FirstOrDefault(item => item.AsText() is null) is { } wrong ? Mismatch(wrong, prefix, "finalizers", "string") : null;
    }

    private static string? Owners(JsonObject metadata, string prefix)
    {
        if (metadata["ownerReferences"] is not { } node) return null;
        if (node is not JsonArray list) return Mismatch(node, prefix, "ownerReferences", "[]v1.OwnerReference");
        return list.FirstOrDefault(item => item is not JsonObject) is { } wrong ? Mismatch(wrong, prefix, "ownerReferences", "v1.OwnerReference") : null;
    }

    private static string Mismatch(JsonNode node, string prefix, string field, string type)
    {
        var found = node.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "bool",
        };
        return $"json: cannot unmarshal {found} into Go struct field ObjectMeta.{prefix}{field} of type {type}";
    }
}
