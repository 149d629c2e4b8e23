using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Reads the schema of a custom resource, and refuses what a Kubernetes API server would refuse.</summary>
internal static class CustomResourceSchema
{
    public static StructuralSchema Read(JsonObject json, string path, List<FieldError> errors)
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
