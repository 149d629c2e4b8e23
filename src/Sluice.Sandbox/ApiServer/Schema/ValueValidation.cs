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
    private readonly FieldPosition _position;

    // How many checks were made: of several alternatives that all fail, the one that was followed furthest is reported.
    private int _checks;

    private ValueValidation(string root) => _position = new FieldPosition(root);

    public static IReadOnlyList<FieldError> Validate(StructuralSchema schema, JsonNode? value, JsonNode? old, string path)
    {
        var validation = new ValueValidation(path);
        validation.Visit(schema, value, Old.Of(old));
        return validation._errors;
    }

    private void Visit(StructuralSchema schema, JsonNode? value, Old old)
    {
        if (old.IsSameAs(value))
            return;

        _checks++;
        CheckType(schema, value);
        if (value is null)
        {
            CheckEnum(schema.Rules, value);
            return;
        }

        CheckAlternatives(schema.Rules, value);
        switch (value)
        {
            case JsonObject map:
                CheckEnum(schema.Rules, value);
                VisitObject(schema, map, old);
                break;
            case JsonArray list:
                VisitItems(schema, list, old);
                CheckEnum(schema.Rules, value);
                break;
            default:
                if (value.GetValueKind() == JsonValueKind.String)
                    CheckString(schema, value);
                else if (JsonNumber.IsNumber(value))
                    NumberValidation.Validate(schema, value, _position.ToString(), _errors);
                CheckEnum(schema.Rules, value);
                break;
        }
    }

    private void CheckType(StructuralSchema schema, JsonNode? value)
    {
        if (value is null)
        {
            if (Expected(schema) is { Length: > 0 } wanted && !schema.Nullable)
                _errors.Add(TypeError(wanted, "null"));
            return;
        }

        var actual = JsonTypes.Of(value);
        var fits = schema.IntOrString
            ? actual is "integer" or "string" || (actual == "number" && JsonTypes.IsWhole(value))
            : schema.Type == actual || (schema.Type == "number" && actual == "integer") || (schema.Type == "integer" && actual == "number" && JsonTypes.IsWhole(value));
        if (fits)
            return;

        // Anything but a text or a list is reported by the format where one is asked for.
        var format = FormatOf(schema);
        if (format.Length > 0 && actual is not ("string" or "array"))
            _errors.Add(TypeError(format, actual switch { "integer" => "int64", "number" => "float64", _ => "" }));
        else if (Expected(schema) is { Length: > 0 } expected)
            _errors.Add(TypeError(expected, actual));
    }

    private static string Expected(StructuralSchema schema) => schema.IntOrString ? "integer,string" : schema.Type;

    private void CheckString(StructuralSchema schema, JsonNode value)
    {
        _checks++;
        var rules = schema.Rules;
        var format = FormatOf(schema);
        if (rules.MaxLength is null && rules.MinLength is null && rules.Pattern.Length == 0 && format.Length == 0)
            return;

        var text = value.GetValue<string>();
        var length = text.EnumerateRunes().Count();
        if (rules.MaxLength is { } max && length > max)
            _errors.Add(FieldError.TooLong(Field, max));
        else if (rules.MinLength is { } min && length < min)
            _errors.Add(Invalid(GoText.Quote(text), $"should be at least {min} chars long"));
        else if (rules.Pattern.Length > 0 && !Patterns.IsMatch(rules.Pattern, text))
            _errors.Add(Invalid(GoText.Quote(text), $"should match '{rules.Pattern}'"));

        if (format.Length > 0 && !ValueFormats.Matches(format, text))
            _errors.Add(TypeError(format, text));
    }

    private void CheckEnum(ValueRules rules, JsonNode? value)
    {
        if (rules.Enum.Count == 0 || (value is not null && rules.Enum.Any(allowed => JsonNumber.DeepEquals(allowed, value))))
            return;
        var supported = rules.Enum.Select(allowed =>
            GoText.Quote(allowed is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : GoText.Json(allowed)));
        _errors.Add(FieldError.NotSupported(Field, GoText.OfBadValue(value), supported));
    }

    private void VisitItems(StructuralSchema schema, JsonArray list, Old old)
    {
        _checks++;
        if (schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
            {
                _position.Enter(index);
                Visit(items, list[index], old.Item(schema, list[index]));
                _position.Leave();
            }
        }

        if (schema.Rules.MinItems is { } min && list.Count < min)
            _errors.Add(Invalid($"{list.Count}", $"should have at least {min} items"));
        if (schema.Rules.MaxItems is { } max && list.Count > max)
            _errors.Add(FieldError.TooMany(Field, list.Count, (int)max));
    }

    private void VisitObject(StructuralSchema schema, JsonObject map, Old old)
    {
        _checks++;
        if (schema.Rules.MinProperties is { } min && map.Count < min)
            _errors.Add(Invalid($"{map.Count}", $"should have at least {min} properties"));
        if (schema.Rules.MaxProperties is { } max && map.Count > max)
            _errors.Add(FieldError.TooMany(Field, map.Count, (int)max));

        // Errors come in the order of names; most objects have none, and need not be sorted to find that out.
        var (errors, checks) = (_errors.Count, _checks);
        VisitFields(schema, map, old);
        if (_errors.Count > errors)
        {
            _errors.RemoveRange(errors, _errors.Count - errors);
            _checks = checks;
            VisitFields(schema, map.OrderBy(field => field.Key, StringComparer.Ordinal), old);
        }

        foreach (var name in schema.Required)
        {
            if (!map.ContainsKey(name))
                _errors.Add(FieldError.Required(FieldPath.Child(_position.ToString(), name)));
        }
    }

    private void VisitFields(StructuralSchema schema, IEnumerable<KeyValuePair<string, JsonNode?>> fields, Old old)
    {
        foreach (var (name, child) in fields)
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is not { } property)
                continue;
            _position.Enter(name);
            Visit(property, child, old.Field(name));
            _position.Leave();
        }
    }

    private void CheckAlternatives(ValueRules rules, JsonNode value)
    {
        if (rules.AnyOf.Count > 0)
            CheckAnyOf(rules.AnyOf, value);
        if (rules.OneOf.Count > 0)
            CheckOneOf(rules.OneOf, value);
        if (rules.AllOf.Count > 0)
            CheckAllOf(rules.AllOf, value);
        if (rules.Not is { } not && Try(not, value)._errors.Count == 0)
            _errors.Add(OfWhole("must not validate the schema (not)"));
    }

    private void CheckAnyOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value)
    {
        var attempts = schemas.Select(schema => Try(schema, value)).ToList();
        if (attempts.Exists(attempt => attempt._errors.Count == 0))
            return;
        _errors.Add(OfWhole("must validate at least one schema (anyOf)"));
        _errors.AddRange(attempts.MaxBy(attempt => attempt._checks)!._errors);
    }

    private void CheckOneOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value)
    {
        var attempts = schemas.Select(schema => Try(schema, value)).ToList();
        var valid = attempts.Count(attempt => attempt._errors.Count == 0);
        if (valid == 1)
            return;
        _errors.Add(OfWhole($"must validate one and only one schema (oneOf). {(valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives")}"));
        if (valid == 0)
            _errors.AddRange(attempts.MaxBy(attempt => attempt._checks)!._errors);
    }

    private void CheckAllOf(IReadOnlyList<StructuralSchema> schemas, JsonNode value)
    {
        var attempts = schemas.Select(schema => Try(schema, value)).ToList();
        _errors.AddRange(attempts.SelectMany(attempt => attempt._errors));
        if (attempts.TrueForAll(attempt => attempt._errors.Count == 0))
            return;
        var none = attempts.TrueForAll(attempt => attempt._errors.Count > 0) ? ". None validated" : "";
        _errors.Add(OfWhole($"must validate all the schemas (allOf){none}"));
    }

    private ValueValidation Try(StructuralSchema schema, JsonNode value)
    {
        var attempt = new ValueValidation(_position.ToString());
        attempt.Visit(schema, value, Old.None);
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

    private string Field => FieldPath.OrRoot(_position.ToString());

    private FieldError TypeError(string expected, string actual) =>
        FieldError.TypeInvalid(Field, GoText.Quote(actual), $"{_position} in body must be of type {expected}: {GoText.Quote(actual)}");

    private FieldError Invalid(string value, string problem) => FieldError.Invalid(Field, value, $"{_position} in body {problem}");

    private FieldError OfWhole(string problem) => FieldError.Invalid("<nil>", "\"\"", $"\"{_position}\" {problem}");
}
