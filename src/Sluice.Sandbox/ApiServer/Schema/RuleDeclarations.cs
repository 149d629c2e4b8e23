using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks the CEL rules of a schema: a rule that does not compile is an error, never a rule that always passes.</summary>
internal sealed class RuleDeclarations
{
    private static readonly string[] Reasons =
        [FieldError.DuplicateReason, FieldError.ForbiddenReason, FieldError.InvalidReason, FieldError.RequiredReason];

    private readonly List<FieldError> _schemaErrors = [];
    private readonly List<FieldError> _ruleErrors = [];

    private RuleDeclarations()
    {
    }

    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, string path)
    {
        var declarations = new RuleDeclarations();
        declarations.Visit(schema, path, uncorrelatable: null);
        return [.. declarations._schemaErrors, .. declarations._ruleErrors];
    }

    // Uncorrelatable is the list or map above whose parts have no counterparts before a change; null when there is none.
    private void Visit(StructuralSchema schema, string path, string? uncorrelatable)
    {
        if (!schema.HasRules)
            return;
        foreach (var (name, property) in schema.Properties.OrderBy(field => field.Key, StringComparer.Ordinal))
            Visit(property, $"{path}.properties[{name}]", uncorrelatable ?? (schema.AtomicMap ? path : null));
        if (schema.AdditionalProperties is { } additional)
            Visit(additional, $"{path}.additionalProperties", uncorrelatable);
        if (schema.Items is { } items)
            Visit(items, $"{path}.items", uncorrelatable ?? (schema.ListType == ListType.Map ? null : path));
        for (var index = 0; index < schema.ValidationRules.Count; index++)
            CheckRule(schema.ValidationRules[index], schema, $"{path}.x-kubernetes-validations[{index}]", uncorrelatable);
    }

    private void CheckRule(ValidationRule rule, StructuralSchema schema, string path, string? uncorrelatable)
    {
        var before = _schemaErrors.Count;
        CheckTexts(rule, path);
        if (rule.Reason.Length > 0 && !Reasons.Contains(rule.Reason))
            _schemaErrors.Add(FieldError.NotSupported($"{path}.reason", GoText.Quote(rule.Reason), Reasons.Select(GoText.Quote)));
        if (rule.FieldPath.Length > 0)
            CheckFieldPath(rule.FieldPath, schema, $"{path}.fieldPath");
        if (_schemaErrors.Count == before)
            CheckProgram(rule, path, uncorrelatable);
    }

    private void CheckTexts(ValidationRule rule, string path)
    {
        var message = rule.Message.Trim();
        if (rule.Rule.Trim().Length == 0)
            _schemaErrors.Add(FieldError.Required($"{path}.rule", "rule is not specified"));
        else if (rule.Message.Length > 0 && message.Length == 0)
            _schemaErrors.Add(FieldError.Invalid($"{path}.message", GoText.Quote(rule.Message), "must be non-empty if specified"));
        else if (HasLineBreaks(message))
            _schemaErrors.Add(FieldError.Invalid($"{path}.message", GoText.Quote(rule.Message), "must not contain line breaks"));
        else if (HasLineBreaks(rule.Rule.Trim()) && message.Length == 0)
            _schemaErrors.Add(FieldError.Required($"{path}.message", "message must be specified if rule contains line breaks"));
        if (rule.MessageExpression.Length > 0 && rule.MessageExpression.Trim().Length == 0)
            _schemaErrors.Add(FieldError.Required($"{path}.messageExpression", "messageExpression must be non-empty if specified"));
    }

    private void CheckFieldPath(string fieldPath, StructuralSchema schema, string path)
    {
        if (fieldPath.Trim().Length == 0)
            _schemaErrors.Add(FieldError.Invalid(path, GoText.Quote(fieldPath), "must be non-empty if specified"));
        if (HasLineBreaks(fieldPath))
            _schemaErrors.Add(FieldError.Invalid(path, GoText.Quote(fieldPath), "must not contain line breaks"));
        if (!LeadsSomewhere(fieldPath, schema))
            _schemaErrors.Add(FieldError.Invalid(path, GoText.Quote(fieldPath), "must be a valid path"));
    }

    private void CheckProgram(ValidationRule rule, string path, string? uncorrelatable)
    {
        if (rule.HasNoType)
        {
            var list = path[..path.LastIndexOf('[')];
            _ruleErrors.Add(new FieldError(
                "InternalError", list, "Internal error: internal error: failed to retrieve type information for x-kubernetes-validations"));
            return;
        }

        if (rule.Problem.Length > 0)
            _ruleErrors.Add(FieldError.Invalid($"{path}.rule", Show(rule), rule.Problem));
        if (rule.MessageProblem.Length > 0)
            _ruleErrors.Add(FieldError.Invalid($"{path}.messageExpression", Show(rule), rule.MessageProblem));
        if (rule.UsesOldSelf && uncorrelatable is not null)
        {
            _ruleErrors.Add(FieldError.Invalid(
                $"{path}.rule", GoText.Quote(rule.Rule), $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}"));
        }
        else if (!rule.UsesOldSelf && rule.OptionalOldSelf is { } optional)
        {
            _ruleErrors.Add(FieldError.Invalid($"{path}.optionalOldSelf", optional ? "true" : "false", "may not be set if oldSelf is not used in rule"));
        }
    }

    private static bool LeadsSomewhere(string fieldPath, StructuralSchema schema)
    {
        var steps = fieldPath.Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal);
        if (!steps.StartsWith('.'))
            return false;
        var at = schema;
        foreach (var step in steps[1..].Split('.'))
        {
            if ((at.Properties.Count > 0 ? at.Properties.GetValueOrDefault(step) : at.AdditionalProperties) is not { } next)
                return false;
            at = next;
        }

        return true;
    }

    // The rule as the server's own type prints it.
    private static string Show(ValidationRule rule)
    {
        var shown = new JsonObject
        {
            ["Rule"] = rule.Rule,
            ["Message"] = rule.Message,
            ["MessageExpression"] = rule.MessageExpression,
            ["Reason"] = rule.Reason.Length > 0 ? rule.Reason : null,
            ["FieldPath"] = rule.FieldPath,
            ["OptionalOldSelf"] = rule.OptionalOldSelf,
        };
        return GoJson.Escape(shown.ToJsonString(GoJson.Relaxed));
    }

    private static bool HasLineBreaks(string text) => text.AsSpan().IndexOfAny('\n', '\r') >= 0;
}
