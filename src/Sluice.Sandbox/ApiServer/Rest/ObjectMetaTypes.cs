using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The JSON types of ObjectMeta: what everything later relies on.</summary>
internal static class ObjectMetaTypes
{
    private static readonly string[] Texts = ["name", "generateName", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"];

    /// <summary>The first part of the wrong type, in the words of Go's decoder; null where all fit.</summary>
    public static string? FirstMismatch(JsonObject value)
    {
        if (value["metadata"] is not { } node) return null;
        if (node is not JsonObject metadata) return Mismatch(node, "metadata", "v1.ObjectMeta");
        foreach (var name in Texts)
        {
            if (metadata[name] is { } text && text.AsText() is null) return Mismatch(text, name, "string");
        }

        return TextMap(metadata, "labels") ?? TextMap(metadata, "annotations") ?? Finalizers(metadata) ?? Owners(metadata);
    }

    private static string? TextMap(JsonObject metadata, string name)
    {
        if (metadata[name] is not { } node) return null;
        if (node is not JsonObject map) return Mismatch(node, name, "map[string]string");
        foreach (var (_, value) in map)
        {
            if (value is not null && value.AsText() is null) return Mismatch(value, name, "string");
        }

        return null;
    }

    private static string? Finalizers(JsonObject metadata)
    {
        if (metadata["finalizers"] is not { } node) return null;
        if (node is not JsonArray list) return Mismatch(node, "finalizers", "[]string");
        return list.FirstOrDefault(item => item.AsText() is null) is { } wrong ? Mismatch(wrong, "finalizers", "string") : null;
    }

    private static string? Owners(JsonObject metadata)
    {
        if (metadata["ownerReferences"] is not { } node) return null;
        if (node is not JsonArray list) return Mismatch(node, "ownerReferences", "[]v1.OwnerReference");
        return list.FirstOrDefault(item => item is not JsonObject) is { } wrong ? Mismatch(wrong, "ownerReferences", "v1.OwnerReference") : null;
    }

    private static string Mismatch(JsonNode node, string field, string type)
    {
        var found = node.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "bool",
        };
        return $"json: cannot unmarshal {found} into Go struct field ObjectMeta.metadata.{field} of type {type}";
    }
}
