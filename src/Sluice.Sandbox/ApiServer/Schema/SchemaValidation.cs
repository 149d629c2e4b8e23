using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks a whole object: its values, the uniqueness of its lists' items, then its rules.</summary>
internal static class SchemaValidation
{
    private static readonly FieldError RulesNotChecked = FieldError.Invalid(
        "<nil>", "null", "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");

    /// <summary>Values and lists; rules are left to <see cref="ValidateRules"/>.</summary>
    public static IReadOnlyList<FieldError> ValidateValues(StructuralSchema schema, JsonNode value, JsonNode? old)
    {
        List<FieldError> errors = [.. ValueValidation.Validate(schema, value, old, "")];
        // A list that had duplicates already may keep them: otherwise such an object could never be changed again.
        var duplicates = ListValidation.Validate(schema, value, "");
        if (duplicates.Count > 0 && (old is null || ListValidation.Validate(schema, old, "").Count == 0))
            errors.AddRange(duplicates);
        return errors;
    }

    /// <summary>The rules, or the one error that says why they were not run.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The whole object.</param>
    /// <param name="old">What it replaces; null on creation.</param>
    /// <param name="soFar">The errors found before: a value of the wrong shape must not reach a rule.</param>
    public static IReadOnlyList<FieldError> ValidateRules(StructuralSchema schema, JsonNode value, JsonNode? old, IReadOnlyList<FieldError> soFar)
    {
        if (!schema.HasRules)
            return [];
        var isBlocked = soFar.Any(error => error.Reason
            is FieldError.NotSupportedReason or FieldError.RequiredReason or FieldError.TooLongReason or FieldError.TooManyReason or FieldError.TypeInvalidReason);
        return isBlocked ? [RulesNotChecked] : RuleValidation.Validate(schema, value, old, "");
    }
}
