using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Removes the fields that a structural schema does not know.</summary>
internal static class Pruning
{
    public static IReadOnlyList<string> Prune(StructuralSchema schema, JsonNode value)
    {
        List<string> removed = [];
        Visit(schema, value, "", removed);
        // A built-in kind tells them as they stand in the text, a custom one in order, but for those of its metadata.
        if (schema.Builtin) return removed;
        return [.. removed.OrderBy(path => path.StartsWith("metadata.", StringComparison.Ordinal) ? 0 : 1).ThenBy(path => path, StringComparer.Ordinal)];
    }

    private static void Visit(StructuralSchema schema, JsonNode value, string path, List<string> removed)
    {
        switch (value)
        {
            case JsonObject map:
                VisitObject(schema, map, path, removed);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is { } item)
                        Visit(items, item, $"{path}[{index}]", removed);
                }

                break;
        }
    }

    private static void VisitObject(StructuralSchema schema, JsonObject map, string path, List<string> removed)
    {
        foreach (var (name, child) in map.ToList())
        {
            var childPath = path.Length == 0 ? name : $"{path}.{name}";
            // A resource always has a type and object metadata, whatever its schema says.
            if (schema.IsResource && name is "apiVersion" or "kind")
                continue;
            if (schema.IsResource && name == "metadata")
            {
                if (child is not null)
                    Visit(BuiltinSchemas.ObjectMeta, child, childPath, removed);
                continue;
            }

            if (schema.Properties.TryGetValue(name, out var property))
            {
                if (child is not null)
                    Visit(property, child, childPath, removed);
            }
            else if (schema.AdditionalProperties is { } additional)
            {
                if (child is not null)
                    Visit(additional, child, childPath, removed);
            }
            else if (!schema.PreserveUnknownFields && !schema.AllowsAnyProperty)
            {
                map.Remove(name);
                removed.Add(childPath);
            }
        }
    }
}
