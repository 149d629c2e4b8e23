using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>
/// Fills in what Kubernetes' Go types write without being asked: a struct that is not a pointer is written even when empty,
/// and a required list or pointer that nobody set is written as null. Ownership is computed on that form.
/// </summary>
internal static class GoStructs
{
    public static void FillIn(StructuralSchema schema, JsonObject value)
    {
        foreach (var (name, property) in schema.Properties)
        {
            if (!value.ContainsKey(name))
            {
                if (property.Default is not null)
                    value[name] = property.Default.DeepClone();
                else if (schema.Required.Contains(name))
                    value[name] = null;
            }

            FillInValue(property, value[name]);
        }

        if (schema.AdditionalProperties is { } additional)
        {
            foreach (var (_, child) in value.ToList())
                FillInValue(additional, child);
        }
    }

    private static void FillInValue(StructuralSchema schema, JsonNode? value)
    {
        if (value is JsonObject map)
        {
            FillIn(schema, map);
        }
        else if (value is JsonArray list && schema.Items is { } items)
        {
            foreach (var item in list)
                FillInValue(items, item);
        }
    }
}
