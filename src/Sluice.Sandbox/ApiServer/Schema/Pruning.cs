using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Removes the fields that a structural schema does not know.</summary>
internal static class Pruning
{
    public static IReadOnlyList<string> Prune(StructuralSchema schema, JsonNode value)
    {
        List<string> removed = [];
        Visit(schema, value, "", isResourceRoot: true, removed);
        removed.Sort(StringComparer.Ordinal);
        return removed;
    }

    private static void Visit(StructuralSchema schema, JsonNode value, string path, bool isResourceRoot, List<string> removed)
    {
        switch (value)
        {
            case JsonObject map:
                VisitObject(schema, map, path, isResourceRoot || schema.EmbeddedResource, removed);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is { } item)
                        Visit(items, item, $"{path}[{index}]", isResourceRoot: false, removed);
                }

                break;
        }
    }

    private static void VisitObject(StructuralSchema schema, JsonObject map, string path, bool isResource, List<string> removed)
    {
        foreach (var (name, child) in map.ToList())
        {
            // Type and object metadata of a resource are not the schema's to know: the server checks them on its own.
            if (isResource && name is "apiVersion" or "kind" or "metadata")
                continue;

            var childPath = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Properties.TryGetValue(name, out var property))
            {
                if (child is not null)
                    Visit(property, child, childPath, isResourceRoot: false, removed);
            }
            else if (schema.AdditionalProperties is { } additional)
            {
                if (child is not null)
                    Visit(additional, child, childPath, isResourceRoot: false, removed);
            }
            else if (!schema.PreserveUnknownFields && !schema.AllowsAnyProperty)
            {
                map.Remove(name);
                removed.Add(childPath);
            }
        }
    }
}
