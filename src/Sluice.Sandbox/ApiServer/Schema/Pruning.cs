using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Removes the fields that a structural schema does not know.</summary>
internal static class Pruning
{
    public static IReadOnlyList<string> Prune(StructuralSchema schema, JsonNode value)
    {
        List<string> removed = [];
        Visit(schema, value, new Place(null, null, 0), removed);
        // A built-in kind tells them as they stand in the text, a custom one in order, but for those of its metadata.
        if (schema.Builtin) return removed;
        return [.. removed.OrderBy(path => path.StartsWith("metadata.", StringComparison.Ordinal) ? 0 : 1).ThenBy(path => path, StringComparer.Ordinal)];
    }

    private static void Visit(StructuralSchema schema, JsonNode value, Place place, List<string> removed)
    {
        switch (value)
        {
            case JsonObject map:
                VisitObject(schema, map, place, removed);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is { } item)
                        Visit(items, item, new Place(place, null, index), removed);
                }

                break;
        }
    }

    private static void VisitObject(StructuralSchema schema, JsonObject map, Place place, List<string> removed)
    {
        List<string>? unknown = null;
        foreach (var (name, child) in map)
        {
            // A resource always has a type and object metadata, whatever its schema says.
            if (schema.IsResource && name is "apiVersion" or "kind")
                continue;
            if (schema.IsResource && name == "metadata")
            {
                if (child is not null)
                    Visit(BuiltinSchemas.ObjectMeta, child, new Place(place, name, 0), removed);
                continue;
            }

            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } known)
            {
                if (child is not (null or JsonValue))
                    Visit(known, child, new Place(place, name, 0), removed);
            }
            else if (!schema.PreserveUnknownFields && !schema.AllowsAnyProperty)
            {
                (unknown ??= []).Add(name);
            }
        }

        foreach (var name in unknown ?? [])
        {
            map.Remove(name);
            removed.Add(FieldPath.Child(place.ToString(), name));
        }
    }

    /// <summary>Where a value stands; written out only where something is removed.</summary>
    private sealed record Place(Place? Outer, string? Name, int Index)
    {
        public override string ToString() => Outer is null ? "" : Name is null ? FieldPath.Index(Outer.ToString(), Index) : FieldPath.Child(Outer.ToString(), Name);
    }
}
