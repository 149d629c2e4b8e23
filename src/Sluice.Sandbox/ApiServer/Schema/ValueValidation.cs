using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Checks values against a schema, with the messages of a Kubernetes API server and in its order.
/// On an update a value that did not change is not held against the request (ratcheting): only what is new must be valid.
/// </summary>
internal sealed class ValueValidation
{
    private readonly List<FieldError> _errors = [];

    // How many checks were made: of several alternatives that all fail, the one that was followed furthest is reported.
    private int _checks;

    private ValueValidation()
    {
    }

    public static IReadOnlyList<FieldError> Validate(StructuralSchema schema, JsonNode? value, JsonNode? old, string path)
    {
        var validation = new ValueValidation();
        validation.Visit(schema, value, Old.Of(old), path);
        return validation._errors;
    }

    private void Visit(StructuralSchema schema, JsonNode? value, Old old, string path)
    {
        if (old.IsSameAs(value))
            return;

        _checks++;
        CheckType(schema, value, path);
        if (value is null)
        {
            CheckEnum(schema.Rules, value, path);
            return;
        }

        CheckAlternatives(schema.Rules, value, path);
        switch (value)
        {
            case JsonObject:
                CheckEnum(schema.Rules, value, path);
                VisitObject(schema, value.AsObject(), old, path);
                break;
            case JsonArray list:
                VisitItems(schema, list, old, path);
                CheckEnum(schema.Rules, value, path);
                break;
            default:
                if (value.GetValueKind() == JsonValueKind.String)
                    CheckString(schema, value.GetValue<string>(), path);
                else if (JsonNumber.IsNumber(value))
                    NumberValidation.Validate(schema, value, path, _errors);
                CheckEnum(schema.Rules, value, path);
                break;
        }
    }

    private void CheckType(StructuralSchema schema, JsonNode? value, string path)
    {
        var expected = schema.IntOrString ? "integer,string" : schema.Type;
        if (value is null)
        {
            if (expected.Length > 0 && !schema.Nullable)
                _errors.Add(TypeError(path, expected, "null"));
            return;
        }

        var actual = JsonTypes.Of(value);
        var fits = expected.Split(',').Contains(actual)
            || (expected.Contains("integer", StringComparison.Ordinal) && actual == "number" && JsonTypes.IsWhole(value))
            || (expected == "number" && actual == "integer");
        // A number where a format is asked for is reported by the format.
        var format = FormatOf(schema);
        if (!fits && format.Length > 0 && actual is "integer" or "number" or "boolean")
            _errors.Add(TypeError(path, format, actual switch { "integer" => "int64", "number" => "float64", _ => "" }));
        else if (!fits && expected.Length > 0)
            _errors.Add(TypeError(path, expected, actual));
    }

    private void CheckString(StructuralSchema schema, string text, string path)
    {
        _checks++;
        var rules = schema.Rules;
        var length = text.EnumerateRunes().Count();
        if (rules.MaxLength is { } max && length > max)
            _errors.Add(FieldError.TooLong(FieldPath.OrRoot(path), max));
        else if (rules.MinLength is { } min && length < min)
            _errors.Add(Invalid(path, GoText.Quote(text), $"should be at least {min} chars long"));
        else if (rules.Pattern.Length > 0 && !Patterns.IsMatch(rules.Pattern, text))
            _errors.Add(Invalid(path, GoText.Quote(text), $"should match '{rules.Pattern}'"));

        if (FormatOf(schema) is { Length: > 0 } format && !ValueFormats.Matches(format, text))
            _errors.Add(TypeError(path, format, text));
    }

    private void CheckEnum(ValueRules rules, JsonNode? value, string path)
    {
        if (rules.Enum.Count == 0 || (value is not null && rules.Enum.Any(allowed => JsonNumber.DeepEquals(allowed, value))))
            return;
        var supported = rules.Enum.Select(allowed =>
            GoText.Quote(allowed is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : GoText.Json(allowed)));
        _errors.Add(FieldError.NotSupported(FieldPath.OrRoot(path), GoText.OfBadValue(value), supported));
    }

    private void VisitItems(StructuralSchema schema, JsonArray list, Old old, string path)
    {
        _checks++;
        if (schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
                Visit(items, list[index], old.Item(schema, list[index]), FieldPath.Index(path, index));
        }

        if (schema.Rules.MinItems is { } min && list.Count < min)
            _errors.Add(Invalid(path, $"{list.Count}", $"should have at least {min} items"));
        if (schema.Rules.MaxItems is { } max && list.Count > max)
            _errors.Add(FieldError.TooMany(FieldPath.OrRoot(path), list.Count, (int)max));
    }

    private void VisitObject(StructuralSchema schema, JsonObject map, Old old, string path)
    {
        _checks++;
        if (schema.Rules.MinProperties is { } min && map.Count < min)
            _errors.Add(Invalid(path, $"{map.Count}", $"should have at least {min} properties"));
        if (schema.Rules.MaxProperties is { } max && map.Count > max)
            _errors.Add(FieldError.TooMany(FieldPath.OrRoot(path), map.Count, (int)max));

        foreach (var (name, child) in map.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } property)
                Visit(property, child, old.Field(name), FieldPath.Child(path, name));
        }

        foreach (var name in schema.Required.Where(name => !map.ContainsKey(name)))
            _errors.Add(FieldError.Required(FieldPath.Child(path, name)));
    }

    private void CheckAlternatives(ValueRules rules, JsonNode value, string path)
    {
        if (rules.AnyOf.Count > 0)
            CheckAnyOf(rules.AnyOf, value, path);
        if (rules.OneOf.Count > 0)
            CheckOneOf(rules.OneOf, value, path);
        if (rules.AllOf.Count > 0)
            CheckAllOf(rules.AllOf, value, path);
        if (rules.Not is { } not && Try(not, value, path)._errors.Count == 0)
            _errors.Add(OfWhole(path, "must not validate the schema (not)"));
    }

    private void CheckAnyOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value, string path)
    {
        var attempts = schemas.Select(schema => Try(schema, value, path)).ToList();
        if (attempts.Exists(attempt => attempt._errors.Count == 0))
            return;
        _errors.Add(OfWhole(path, "must validate at least one schema (anyOf)"));
        _errors.AddRange(attempts.MaxBy(attempt => attempt._checks)!._errors);
    }

    private void CheckOneOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value, string path)
    {
        var attempts = schemas.Select(schema => Try(schema, value, path)).ToList();
        var valid = attempts.Count(attempt => attempt._errors.Count == 0);
        if (valid == 1)
            return;
        _errors.Add(OfWhole(path, $"must validate one and only one schema (oneOf). {(valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives")}"));
        if (valid == 0)
            _errors.AddRange(attempts.MaxBy(attempt => attempt._checks)!._errors);
    }

    private void CheckAllOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value, string path)
    {
        var attempts = schemas.Select(schema => Try(schema, value, path)).ToList();
        _errors.AddRange(attempts.SelectMany(attempt => attempt._errors));
        if (attempts.TrueForAll(attempt => attempt._errors.Count == 0))
            return;
        var none = attempts.TrueForAll(attempt => attempt._errors.Count > 0) ? ". None validated" : "";
        _errors.Add(OfWhole(path, $"must validate all the schemas (allOf){none}"));
    }

    private static ValueValidation Try(StructuralSchema schema, JsonNode value, string path)
    {
        var attempt = new ValueValidation();
        attempt.Visit(schema, value, Old.None, path);
        return attempt;
    }

    // Formats count only for the type that they belong to.
    private static string FormatOf(StructuralSchema schema) => schema.Type switch
    {
        "" or "string" when !schema.IntOrString => ValueFormats.IsKnown(schema.Format) ? schema.Format : "",
        "integer" when schema.Format is "int32" or "int64" => schema.Format,
        "number" when schema.Format is "float" or "double" => schema.Format,
        _ => "",
    };

    private static FieldError TypeError(string path, string expected, string actual) =>
        FieldError.TypeInvalid(FieldPath.OrRoot(path), GoText.Quote(actual), $"{path} in body must be of type {expected}: {GoText.Quote(actual)}");

    private static FieldError Invalid(string path, string value, string problem) =>
        FieldError.Invalid(FieldPath.OrRoot(path), value, $"{path} in body {problem}");

    private static FieldError OfWhole(string path, string problem) => FieldError.Invalid("<nil>", "\"\"", $"\"{path}\" {problem}");
}
