using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class Defaulting
{
    /// <summary>
    /// Walks the value from the outside in, so that a default of an object receives the defaults of its own fields.
    /// Where a field is not nullable a null counts as absent: it gives way to the default, or is dropped.
    /// </summary>
    public static void Apply(StructuralSchema schema, JsonNode value, bool keepsNulls)
    {
        switch (value)
        {
            case JsonObject map:
                ApplyToObject(schema, map, keepsNulls);
                break;
            case JsonArray list when schema.Items is { } items:
                ApplyToItems(items, list, keepsNulls);

                break;
        }
    }

    private static void ApplyToItems(StructuralSchema items, JsonArray list, bool keepsNulls)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is null && !items.Nullable && items.Default is { } preset)
                list[index] = preset.DeepClone();
            if (list[index] is { } item)
                Apply(items, item, keepsNulls);
        }
    }

    private static void DropNulls(StructuralSchema schema, JsonObject map)
    {
        foreach (var name in map.Where(field => field.Value is null).Select(field => field.Key).ToList())
        {
            var property = schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;
            if (property is { Nullable: false, Default: null })
                map.Remove(name);
        }
    }

    private static void ApplyToObject(StructuralSchema schema, JsonObject map, bool keepsNulls)
    {
        if (!keepsNulls) DropNulls(schema, map);
        foreach (var (name, property) in schema.Properties)
        {
            if (property.Default is null)
                continue;
            var present = map.TryGetPropertyValue(name, out var current);
            if (!present || (current is null && !property.Nullable))
                map[name] = property.Default.DeepClone();
        }

        foreach (var (name, child) in map)
        {
            if (child is null)
                continue;
            if (schema.Properties.TryGetValue(name, out var property))
                Apply(property, child, keepsNulls);
            else if (schema.AdditionalProperties is { } additional)
                Apply(additional, child, keepsNulls);
        }
    }
}
