using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>What Go's decoder would refuse to read into the struct of a built-in kind, in its words.</summary>
internal static class GoDecoding
{
    /// <summary>The first value whose JSON type does not fit; null where all do.</summary>
    /// <param name="schema">The schema of a built-in kind.</param>
    /// <param name="value">The object.</param>
    public static string? FirstMismatch(StructuralSchema schema, JsonObject value) => Fields(schema, value, "", "");

    private static string? Visit(StructuralSchema schema, JsonNode? value, string within, string path) => (schema.Type, value) switch
    {
        (_, null) or ("", JsonValue) => null,
        ("string", _) when schema.Format == "byte" && value.GetValueKind() == JsonValueKind.String => Base64.FirstProblem(value.GetValue<string>()),
        ("string", _) => Expect(value, value.GetValueKind() == JsonValueKind.String, GoType(schema), within, path),
        ("boolean", _) => Expect(value, value.GetValueKind() is JsonValueKind.True or JsonValueKind.False, "bool", within, path),
        ("integer", _) => Expect(value, IsInteger(schema, value), GoType(schema), within, path),
        ("number", _) => Expect(value, value.GetValueKind() == JsonValueKind.Number, "float64", within, path),
        ("array", JsonArray list) when schema.Items is { } items => Items(items, list, within, path),
        ("array", not JsonArray) => Expect(value, fits: false, GoType(schema), within, path),
        (_, JsonObject map) => Fields(schema, map, within, path),
        ("object", _) => Expect(value, schema.PreserveUnknownFields, GoType(schema), within, path),
        _ => null,
    };

    private static string? Fields(StructuralSchema schema, JsonObject map, string within, string path)
    {
        var name = schema.GoName.Length > 0 ? schema.GoName.Split('.')[^1] : within;
        foreach (var (key, child) in map)
        {
            var problem = schema.Properties.TryGetValue(key, out var property)
                ? Visit(property, child, name, path.Length == 0 ? key : $"{path}.{key}")
                : schema.AdditionalProperties is { } additional ? Visit(additional, child, within, path) : null;
            if (problem is not null) return problem;
        }

        return null;
    }

    private static string? Items(StructuralSchema schema, JsonArray list, string within, string path)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (Visit(schema, list[index], within, path) is { } problem) return problem;
        }

        return null;
    }

    private static bool IsInteger(StructuralSchema schema, JsonNode value) =>
        value.AsInteger() is { } number && (schema.Format != "int32" || number is >= int.MinValue and <= int.MaxValue);

    private static string GoType(StructuralSchema schema) => schema switch
    {
        { GoName.Length: > 0 } => schema.GoName,
        { Items: { } items } => "[]" + GoType(items),
        { AdditionalProperties: { } values } => "map[string]" + GoType(values),
        { Type: "boolean" } => "bool",
        { Type: "integer" } => schema.Format.Length > 0 ? schema.Format : "int64",
        { Type: "string", Format: "byte" } => "[]uint8",
        _ => schema.Type,
    };

    private static string? Expect(JsonNode value, bool fits, string type, string within, string path)
    {
        if (fits) return null;
        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number when type.StartsWith("int", StringComparison.Ordinal) => $"number {value.ToJsonString()}",
            JsonValueKind.Number => "number",
            _ => "bool",
        };
        return $"json: cannot unmarshal {found} into Go struct field {within}.{path} of type {type}";
    }
}
