using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// How Go writes a built-in kind that it has read: without lists and maps that have no items, but where they are required, and with quantities in
/// their canonical form.
/// </summary>
internal static class GoForm
{
    /// <summary>The format by which schemas of built-in kinds mark quantities.</summary>
    public const string Quantity = "quantity";

    public static void Apply(StructuralSchema schema, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                ApplyToFields(schema, map);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++) Apply(items, list[index]);
                break;
        }
    }

    private static void ApplyToFields(StructuralSchema schema, JsonObject map)
    {
        // From the end: a field that goes moves none that is still to come.
        for (var index = map.Count - 1; index >= 0; index--)
        {
            var (name, child) = map.GetAt(index);
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties)?.Format == Quantity)
            {
                if (Kubernetes.Models.PodSpecs.Quantity.Text(child) is { } text) map[name] = Kubernetes.Models.PodSpecs.Quantity.Canonical(text);
                continue;
            }

            if (!schema.Properties.TryGetValue(name, out var property))
            {
                if (schema.AdditionalProperties is { } additional) Apply(additional, child);
                continue;
            }

            Apply(property, child);
            var isEmpty = child is JsonArray { Count: 0 } || (child is JsonObject { Count: 0 } && property.AdditionalProperties is not null);
            // An empty list of managed fields is a wish of its own: that they be forgotten.
            if (isEmpty && name != "managedFields" && !schema.Required.Contains(name)) map.Remove(name);
        }
    }
}
