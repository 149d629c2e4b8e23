using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What Go's JSON decoder says of a value that a field of a built-in kind cannot hold. Types that read themselves, such as quantities, are not its matter.</summary>
internal static class GoDecoding
{
    /// <summary>The first such value, in the order of the text; null where there is none.</summary>
    public static string? FirstMismatch(ResourceType type, JsonObject value) =>
        BuiltinSchemas.FindType(type.Group, type.Version, type.Kind) is { } name ? InStruct(name, value, "") : null;

    private static string? InStruct(string type, JsonObject value, string path)
    {
        if (BuiltinSchemas.FindDefinition(type)?["properties"] is not JsonObject properties) return null;
        foreach (var (name, part) in value)
        {
            if (part is null || properties[name] is not JsonObject schema) continue;
            if (InField(schema, part, new Place(Short(type, qualified: false), path.Length == 0 ? name : $"{path}.{name}")) is { } found) return found;
        }

        return null;
    }

    private static string? InField(JsonObject schema, JsonNode value, Place place)
    {
        if (schema.Text("$ref") is { Length: > 0 } type)
        {
            // A type without fields of its own reads itself.
            if (BuiltinSchemas.FindDefinition(type)?["properties"] is null) return null;
            return value is JsonObject nested ? InStruct(type, nested, place.Path) : place.Refuses(value, GoType(schema));
        }

        if (schema.Object("items") is { } items)
        {
            return value is JsonArray list ? list.OfType<JsonNode>().Select(item => InField(items, item, place)).FirstOrDefault(found => found is not null) : place.Refuses(value, GoType(schema));
        }

        if (schema.Object("additionalProperties") is { } values)
        {
            return value is JsonObject map ? map.Where(entry => entry.Value is not null).Select(entry => InField(values, entry.Value!, place)).FirstOrDefault(found => found is not null) : place.Refuses(value, GoType(schema));
        }

        return Fits(schema, value) ? null : place.Refuses(value, GoType(schema));
    }

    private static bool Fits(JsonObject schema, JsonNode value) => (schema.Text("type"), value.GetValueKind()) switch
    {
        ("string", var kind) => kind == JsonValueKind.String,
        ("integer", var kind) => kind == JsonValueKind.Number && value.AsInteger() is { } number && (schema.Text("format") != "int32" || number is >= int.MinValue and <= int.MaxValue),
        ("boolean", var kind) => kind is JsonValueKind.True or JsonValueKind.False,
        _ => true,
    };

    private static string GoType(JsonObject schema) => (schema.Text("$ref"), schema.Text("type"), schema.Text("format")) switch
    {
        ({ Length: > 0 } type, _, _) => Short(type, qualified: true),
        (_, "array", _) => "[]" + GoType(schema.Object("items")!),
        (_, "object", _) => "map[string]" + GoType(schema.Object("additionalProperties") ?? []),
        (_, "integer", "int32") => "int32",
        (_, "integer", _) => "int64",
        (_, "boolean", _) => "bool",
        (_, "string", "byte") => "[]uint8",
        (_, "string", _) => "string",
        _ => "interface {}",
    };

    private static string Short(string type, bool qualified)
    {
        var parts = type.Split('.');
        return qualified ? $"{parts[^2]}.{parts[^1]}" : parts[^1];
    }

    /// <summary>Where in the Go structs a value is: the innermost struct, and the fields that lead to the value from the outermost one.</summary>
    private sealed record Place(string Struct, string Path)
    {
        public string Refuses(JsonNode value, string type)
        {
            var found = value.GetValueKind() switch
            {
                JsonValueKind.Object => "object",
                JsonValueKind.Array => "array",
                JsonValueKind.String => "string",
                JsonValueKind.Number when type is "int32" or "int64" => $"number {value.ToJsonString()}",
                JsonValueKind.Number => "number",
                _ => "bool",
            };
            return $"json: cannot unmarshal {found} into Go struct field {Struct}.{Path} of type {type}";
        }
    }
}
