using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class Defaulting
{
    /// <summary>
    /// Walks the value from the outside in, so that a default of an object receives the defaults of its own fields.
    /// A null counts as absent where the field has a default and is not nullable.
    /// </summary>
    public static void Apply(StructuralSchema schema, JsonNode value)
    {
        switch (value)
        {
            case JsonObject map:
                ApplyToObject(schema, map);
                break;
            case JsonArray list when schema.Items is { } items:
                foreach (var item in list)
                {
                    if (item is not null)
                        Apply(items, item);
                }

                break;
        }
    }

    private static void ApplyToObject(StructuralSchema schema, JsonObject map)
    {
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
                Apply(property, child);
            else if (schema.AdditionalProperties is { } additional)
                Apply(additional, child);
        }
    }
}
