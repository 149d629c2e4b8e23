using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Reads the schema of a custom resource, and refuses what a Kubernetes API server would refuse.</summary>
internal static class CustomResourceSchema
{
    private const int DefinitionsKept = 64;

    // A definition is read when it is checked and again when it is served, and simulations define the same kinds in thousands of worlds.
    private static readonly ConcurrentDictionary<(string Path, string Json), (StructuralSchema Schema, IReadOnlyList<FieldError> Errors)> Known = new();

    public static StructuralSchema Read(JsonObject json, string path, List<FieldError> errors)
    {
        var key = (path, json.ToJsonString());
        if (!Known.TryGetValue(key, out var known))
        {
            var found = new List<FieldError>();
            known = (ReadAnew(json, path, found), found);
            if (Known.Count >= DefinitionsKept) Known.Clear();
            Known[key] = known;
        }

        errors.AddRange(known.Errors);
        return known.Schema;
    }

    private static StructuralSchema ReadAnew(JsonObject json, string path, List<FieldError> errors)
    {
        List<FieldError> structural = [.. StructuralRules.Check(json, path)];
        structural.Sort((left, right) => string.CompareOrdinal($"{left.Field}: {left.Message}", $"{right.Field}: {right.Message}"));
        var conventions = SchemaConventions.Check(json, path);

        var schema = SchemaReader.ReadResource(json);
        if (structural.Count == 0)
            structural.AddRange(DefaultRules.Check(schema, json, path));
        errors.AddRange(structural);
        errors.AddRange(conventions);
        if (structural.Count == 0 && conventions.Count == 0)
            errors.AddRange(RuleDeclarations.Check(schema, path));
        return schema;
    }
}
