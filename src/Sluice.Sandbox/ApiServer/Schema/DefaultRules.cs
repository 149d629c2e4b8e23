using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks that defaults are values that the schema itself would accept: otherwise every object that receives one is invalid.</summary>
internal static class DefaultRules
{
    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, JsonObject json, string path)
    {
        List<FieldError> errors = [];
        Visit(schema, json, path, errors, isRoot: true);
        return errors;
    }

    private static void Visit(StructuralSchema schema, JsonObject json, string path, List<FieldError> errors, bool isRoot)
    {
        if (schema.Default is { } preset && !isRoot)
            CheckDefault(schema, preset, $"{path}.default", errors);
        foreach (var (name, property) in schema.Properties.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if (isRoot && name == "metadata")
                continue;
            if (json["properties"]?[name] is JsonObject child)
                Visit(property, child, $"{path}.properties[{name}]", errors, isRoot: false);
        }

        if (schema.Items is { } items && json["items"] is JsonObject item)
            Visit(items, item, $"{path}.items", errors, isRoot: false);
        if (schema.AdditionalProperties is { } additional && json["additionalProperties"] is JsonObject value)
            Visit(additional, value, $"{path}.additionalProperties", errors, isRoot: false);
    }

    private static void CheckDefault(StructuralSchema schema, JsonNode preset, string path, List<FieldError> errors)
    {
        var pruned = preset.DeepClone();
        if (Pruning.Prune(schema, pruned).Count > 0)
        {
            errors.Add(FieldError.Invalid(path, GoText.OfBadValue(preset), "must not have unknown fields"));
            return;
        }

        // Values of fields within get their own defaults first.
        Defaulting.Apply(schema, pruned, keepsNulls: false);
        List<FieldError> found = [.. ValueValidation.Validate(schema, pruned, old: null, "").Select(error => Within(path, error)), .. ListValidation.Validate(schema, pruned, path)];
        if (found.Count == 0 && schema.HasRules)
            found.AddRange(RuleValidation.Validate(schema, pruned, old: null, path));
        errors.AddRange(found);
    }

    private static FieldError Within(string path, FieldError error) => error with { Field = error.Field == "<nil>" ? path : $"{path}.{error.Field}" };
}
