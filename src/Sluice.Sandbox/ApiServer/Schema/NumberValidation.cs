using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Checks a number's range, bounds and divisor.</summary>
internal static class NumberValidation
{
    public static void Validate(StructuralSchema schema, JsonNode value, string path, List<FieldError> errors)
    {
        if (!JsonNumber.TryReadDouble(value, out var number))
            return;

        CheckRange(schema, value, number, path, errors);
        var rules = schema.Rules;
        var text = GoText.Of(value);
        if (rules.MultipleOf is { } factor && factor > 0 && !IsMultiple(number, factor))
            errors.Add(FieldError.Invalid(path, text, $"{path} in body should be a multiple of {Text(factor)}"));
        if (rules.Minimum is { } min && (number < min || (rules.ExclusiveMinimum && number <= min)))
            errors.Add(FieldError.Invalid(path, text, $"{path} in body should be greater than {(rules.ExclusiveMinimum ? "" : "or equal to ")}{Text(min)}"));
        if (rules.Maximum is { } max && (number > max || (rules.ExclusiveMaximum && number >= max)))
            errors.Add(FieldError.Invalid(path, text, $"{path} in body should be less than {(rules.ExclusiveMaximum ? "" : "or equal to ")}{Text(max)}"));
    }

    private static void CheckRange(StructuralSchema schema, JsonNode value, double number, string path, List<FieldError> errors)
    {
        var isWithin = (schema.Type, schema.Format) switch
        {
            ("integer", "int32") => IsInteger(value, out var integer) && integer is >= int.MinValue and <= int.MaxValue,
            ("integer", _) => IsInteger(value, out _),
            ("number", "float") => Math.Abs(number) <= float.MaxValue,
            _ => true,
        };
        if (isWithin)
            return;
        var format = schema.Format is "int32" or "int64" or "float" ? $"with format {schema.Format}" : "(default format)";
        errors.Add(FieldError.Invalid("<nil>", "\"\"", $"Checked value must be of type {schema.Type} {format} in {path}"));
    }

    private static bool IsInteger(JsonNode value, out long integer)
    {
        if (JsonNumber.TryReadInteger(value, out integer))
            return true;
        if (!JsonTypes.IsWhole(value) || !JsonNumber.TryReadDouble(value, out var number))
            return false;
        integer = (long)number;
        return true;
    }

    private static bool IsMultiple(double number, double factor)
    {
        var quotient = factor < 1 ? 1 / factor * number : number / factor;
        return Math.Abs(quotient - Math.Round(quotient)) < 1e-9;
    }

    private static string Text(double bound) => bound == Math.Truncate(bound) && Math.Abs(bound) < 1e15
        ? ((long)bound).ToString(CultureInfo.InvariantCulture)
        : GoText.Double(bound);
}
