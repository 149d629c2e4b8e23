using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Takes a set of fields out of an object.</summary>
internal static class FieldRemoval
{
    /// <summary>Removes fields, and lists' items, from a value.</summary>
    /// <returns>A copy without the fields; an object or list of which nothing is left becomes null.</returns>
    public static JsonNode? Without(JsonNode? value, FieldSet fields, StructuralSchema? schema)
    {
        switch (MergeShape.Of(schema, value))
        {
            case Shape.Map when value is JsonObject map:
                return WithoutFields(map, fields, schema);
            case Shape.List when value is JsonArray list:
                return WithoutItems(list, fields, schema!);
            case Shape.Atomic:
                return null;
            default:
                return value?.DeepClone();
        }
    }

    private static JsonObject? WithoutFields(JsonObject map, FieldSet fields, StructuralSchema? schema)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in map)
        {
            var element = PathElement.Field(name);
            if (fields.HasMember(element))
                continue;
            kept[name] = fields.Below(element) is { } below ? Without(value, below, MergeShape.Field(schema, name)) : value?.DeepClone();
        }

        return kept.Count > 0 ? kept : null;
    }

    private static JsonArray? WithoutItems(JsonArray list, FieldSet fields, StructuralSchema schema)
    {
        var kept = new JsonArray();
        foreach (var item in list)
        {
            var element = PathElement.Item(schema, item) ?? "";
            if (fields.HasMember(element))
                continue;
            kept.Add(fields.Below(element) is { } below ? Without(item, below, schema.Items) : item?.DeepClone());
        }

        return kept.Count > 0 ? kept : null;
    }
}
