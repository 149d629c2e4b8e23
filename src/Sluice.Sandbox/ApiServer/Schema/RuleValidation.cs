using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema.Cel;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Runs the CEL rules of a schema over a value. Transition rules run where there is a value before; a rule without one is not
/// held against a request that leaves its value as it was.
/// </summary>
internal sealed class RuleValidation
{
    private readonly List<FieldError> _errors = [];

    private RuleValidation()
    {
    }

    public static IReadOnlyList<FieldError> Validate(StructuralSchema schema, JsonNode value, JsonNode? old, string path)
    {
        var validation = new RuleValidation();
        validation.Visit(schema, value, Old.Of(old), isUnchanged: false, path);
        return validation._errors;
    }

    private void Visit(StructuralSchema schema, JsonNode? value, Old old, bool isUnchanged, string path)
    {
        if (!schema.HasRules || value is null)
            return;

        // What is the same as before stays so in all its parts, also in those that have no counterpart of their own.
        isUnchanged = isUnchanged || old.IsSameAs(value);
        foreach (var rule in schema.ValidationRules)
            Run(rule, schema, value, old.Value, isUnchanged, path);
        switch (value)
        {
            case JsonArray list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                    Visit(items, list[index], old.Item(schema, list[index]), isUnchanged, FieldPath.Index(path, index));
                break;
            case JsonObject map:
                VisitFields(schema, map, old, isUnchanged, path);
                break;
        }
    }

    private void VisitFields(StructuralSchema schema, JsonObject map, Old old, bool isUnchanged, string path)
    {
        var counterpart = schema.AtomicMap ? Old.None : old;
        foreach (var (name, child) in map.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if (schema.Properties.TryGetValue(name, out var property))
                Visit(property, child, counterpart.Field(name), isUnchanged, FieldPath.Child(path, name));
            else if (schema.AdditionalProperties is { } additional)
                Visit(additional, child, counterpart.Field(name), isUnchanged, FieldPath.Key(path, name));
        }
    }

    private void Run(ValidationRule rule, StructuralSchema schema, JsonNode value, JsonNode? old, bool isUnchanged, string path)
    {
        if (rule.Program is not { } program || (rule.UsesOldSelf && old is null && rule.OptionalOldSelf != true))
            return;

        var self = CelConversion.FromJson(value, schema, schema.IsResource);
        var variables = rule.Bind(self, old is null ? null : CelConversion.FromJson(old, schema, schema.IsResource));
        try
        {
            if (program.Evaluate(variables) is true || (isUnchanged && !rule.UsesOldSelf))
                return;
        }
        catch (CelException problem)
        {
            _errors.Add(FieldError.Invalid(FieldPath.OrRoot(path), GoText.Quote(schema.Type), Explain(rule, problem)));
            return;
        }

        _errors.Add(Failure(rule, schema, value, path, Detail(rule, variables)));
    }

    private static string Explain(ValidationRule rule, CelException problem)
    {
        var about = rule.Message.Length > 0 ? rule.Message.Trim() : rule.Rule.Trim();
        return problem.Message == CelException.NoOverload
            ? $"'{problem.Message}': call arguments did not match a supported operator, function or macro signature for rule: {about}"
            : $"{problem.Message} evaluating rule: {about}";
    }

    private static string Detail(ValidationRule rule, IReadOnlyDictionary<string, object> variables)
    {
        if (rule.MessageProgram is { } program)
        {
            try
            {
                // A message of several lines, or an empty one, would hide what is wrong: the fixed message is better.
                if (program.Evaluate(variables) is string text && text.Trim() is { Length: > 0 } trimmed && !trimmed.Contains('\n', StringComparison.Ordinal))
                    return trimmed;
            }
            catch (CelException)
            {
                // The rule has failed all the same, and says so with its fixed message.
            }
        }

        return rule.Message.Length > 0 ? rule.Message.Trim() : $"failed rule: {rule.Rule.Trim()}";
    }

    private static FieldError Failure(ValidationRule rule, StructuralSchema schema, JsonNode value, string path, string detail)
    {
        var field = FieldPath.OrRoot(rule.FieldPath.Length == 0 ? path : FieldPath.Child(path, RelativePath(rule.FieldPath)));
        var isScalar = schema.Type is not ("object" or "array");
        var shown = isScalar ? $": {GoText.OfBadValue(value)}" : "";
        return rule.Reason switch
        {
            FieldError.RequiredReason => FieldError.Required(field, detail),
            FieldError.ForbiddenReason => FieldError.Forbidden(field, detail),
            FieldError.DuplicateReason => new FieldError(FieldError.DuplicateReason, field, $"Duplicate value{shown}"),
            _ => new FieldError(FieldError.InvalidReason, field, $"Invalid value{shown}: {detail}"),
        };
    }

    // .a.b and ['a']['b'] are the fields a.b.
    private static string RelativePath(string path) =>
        path.Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).TrimStart('.');
}
