using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Printing;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>The rules of <c>spec.versions</c> in a CustomResourceDefinition.</summary>
internal static class CustomResourceVersionRules
{
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    public static List<JsonObject> Versions(JsonObject definition) =>
        definition.Object("spec").Array("versions")?.OfType<JsonObject>().ToList() ?? [];

    public static void Validate(JsonObject definition, List<FieldError> errors)
    {
        var versions = Versions(definition);
        var names = versions.Select(version => version.String("name") ?? "").ToList();
        for (var index = 0; index < names.Count; index++) ValidateName(names[index], $"spec.versions[{index}].name", errors);
        if (versions.Count(version => version.IsTrue("storage")) != 1)
        {
            errors.Add(FieldError.Invalid("spec.versions", GoText(versions), "must have exactly one version marked as storage version"));
        }

        if (names.Distinct().Count() < names.Count) errors.Add(FieldError.Invalid("spec.versions", GoText(versions), "must contain unique version names"));
        // The first version's name stands at the top as well, where older clients look for it.
        if (names.Count > 0) ValidateName(names[0], "spec.version", errors);
        for (var index = 0; index < versions.Count; index++)
        {
            // Where all versions are alike the real server keeps what they have in common at the top, and reports its errors there.
            var path = versions.Count == 1 ? "spec" : $"spec.versions[{index}]";
            ValidateSchema(versions[index], index, versions.Count == 1 ? "spec.validation" : $"{path}.schema", errors);
            ValidateScale(versions[index].Object("subresources").Object("scale"), $"{path}.subresources.scale", errors);
            ValidateColumns(versions[index], path, errors);
            ValidateSelectableFields(versions[index], path, errors);
        }
    }

    private static void ValidateName(string name, string field, List<FieldError> errors) =>
        errors.AddRange(Names.ServiceLabel(name).Select(detail => FieldError.Invalid(field, Names.Quote(name), detail)));

    private static void ValidateSchema(JsonObject version, int index, string path, List<FieldError> errors)
    {
        if (version.Object("schema").Object("openAPIV3Schema") is { } schema) StructuralSchema.Parse(schema, $"{path}.openAPIV3Schema", errors);
        else errors.Add(FieldError.Required($"spec.versions[{index}].schema.openAPIV3Schema"));
    }

    private static void ValidateScale(JsonObject? scale, string path, List<FieldError> errors)
    {
        if (scale is null) return;
        ValidatePath(scale, "specReplicasPath", ".spec", required: true, path, errors);
        ValidatePath(scale, "statusReplicasPath", ".status", required: true, path, errors);
        ValidatePath(scale, "labelSelectorPath", "", required: false, path, errors);
    }

    private static void ValidatePath(JsonObject scale, string name, string root, bool required, string path, List<FieldError> errors)
    {
        var text = scale.String(name) ?? "";
        var field = $"{path}.{name}";
        if (text.Length == 0)
        {
            if (required) errors.Add(FieldError.Required(field));
            return;
        }

        var isSimple = text[0] == '.' && text[1..].Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
        if (!isSimple) errors.Add(FieldError.Invalid(field, Names.Quote(text), "must be a simple json path starting with ."));
        else if (root.Length > 0 && !text.StartsWith(root + ".", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(field, Names.Quote(text), $"should be a json path under {root}"));
        }
        else if (root.Length == 0 && !text.StartsWith(".spec.", StringComparison.Ordinal) && !text.StartsWith(".status.", StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(field, Names.Quote(text), "should be a json path under either .spec or .status"));
        }
    }

    private static void ValidateColumns(JsonObject version, string path, List<FieldError> errors)
    {
        var columns = version.Array("additionalPrinterColumns") ?? [];
        for (var index = 0; index < columns.Count; index++)
        {
            ValidateColumn(columns[index], string.Create(CultureInfo.InvariantCulture, $"{path}.additionalPrinterColumns[{index}]"), errors);
        }
    }

    private static void ValidateColumn(JsonNode? column, string field, List<FieldError> errors)
    {
        if (column.String("name") is null or "") errors.Add(FieldError.Required($"{field}.name"));
        var type = column.String("type") ?? "";
        if (type.Length == 0) errors.Add(FieldError.Required($"{field}.type", $"must be one of {string.Join(",", ColumnTypes)}"));
        else if (!ColumnTypes.Contains(type)) errors.Add(FieldError.Invalid($"{field}.type", Names.Quote(type), $"must be one of {string.Join(",", ColumnTypes)}"));
        if (column.String("format") is { Length: > 0 } format && !ColumnFormats.Contains(format))
        {
            errors.Add(FieldError.Invalid($"{field}.format", Names.Quote(format), $"must be one of {string.Join(",", ColumnFormats)}"));
        }

        var text = column.String("jsonPath") ?? "";
        if (text.Length == 0)
        {
            errors.Add(FieldError.Required($"{field}.JSONPath"));
            return;
        }

        try
        {
            JsonPath.Parse(text);
        }
        catch (FormatException failure)
        {
            errors.Add(FieldError.Invalid($"{field}.jsonPath", Names.Quote(text), failure.Message));
        }
    }

    private static void ValidateSelectableFields(JsonObject version, string path, List<FieldError> errors)
    {
        var fields = version.Array("selectableFields") ?? [];
        var seen = new HashSet<string>();
        for (var index = 0; index < fields.Count; index++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"{path}.selectableFields[{index}].jsonPath");
            var text = fields[index].String("jsonPath") ?? "";
            if (text.Length == 0) errors.Add(FieldError.Required(field));
            else if (text[0] is not '.')
            {
                errors.Add(FieldError.Invalid(field, Names.Quote(text), $"is an invalid path: expected [ or . but got: {text.Split('.')[0]}"));
            }
            else if (!Refers(version.Object("schema").Object("openAPIV3Schema"), text[1..].Split('.')))
            {
                errors.Add(FieldError.Invalid(field, Names.Quote(text), "is an invalid path: does not refer to a valid field"));
            }
            else if (!seen.Add(text))
            {
                errors.Add(FieldError.Duplicate(field, Names.Quote(text)));
            }
        }
    }

    private static bool Refers(JsonObject? schema, string[] parts)
    {
        foreach (var part in parts) schema = schema.Object("properties").Object(part);
        return schema is not null;
    }

    // The list as a Go struct prints itself; what would be long in it is always nil there.
    private static string GoText(List<JsonObject> versions) => "[" + string.Join(",", versions.Select(version =>
        $"{{\"Name\":{Names.Quote(version.String("name") ?? "")},\"Served\":{Flag(version, "served")},\"Storage\":{Flag(version, "storage")},"
        + $"\"Deprecated\":{Flag(version, "deprecated")},\"DeprecationWarning\":null,\"Schema\":null,\"Subresources\":null,"
        + "\"AdditionalPrinterColumns\":null,\"SelectableFields\":null}")) + "]";

    private static string Flag(JsonObject version, string name) => version.IsTrue(name) ? "true" : "false";
}
