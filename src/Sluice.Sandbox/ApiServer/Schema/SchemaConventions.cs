using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>What Kubernetes allows of OpenAPI in a custom resource's schema, and how its own extensions must be used.</summary>
internal sealed class SchemaConventions
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Unsupported = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];

    private readonly List<FieldError> _errors = [];

    private SchemaConventions()
    {
    }

    public static IReadOnlyList<FieldError> Check(JsonObject schema, string path)
    {
        var conventions = new SchemaConventions();
        if (schema.Flag("nullable"))
            conventions.Add(FieldError.Forbidden($"{path}.nullable", "nullable cannot be true at the root"));
        conventions.Visit(schema, path, isRoot: true, defaultsForbidden: "");
        return conventions._errors;
    }

    private void Visit(JsonObject schema, string path, bool isRoot, string defaultsForbidden)
    {
        CheckKeywords(schema, path, defaultsForbidden);
        CheckProperties(schema, path, isRoot, defaultsForbidden);
        foreach (var keyword in (string[])["allOf", "oneOf", "anyOf"])
        {
            var list = schema[keyword] as JsonArray ?? [];
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is JsonObject condition)
                    Visit(condition, $"{path}.{keyword}[{index}]", isRoot: false, defaultsForbidden);
            }
        }

        if (schema["not"] is JsonObject not)
            Visit(not, $"{path}.not", isRoot: false, defaultsForbidden);
        if (schema["items"] is JsonObject items)
            Visit(items, $"{path}.items", isRoot: false, defaultsForbidden);
        CheckMapType(schema, path);
        CheckListType(schema, path);
    }

    private void CheckKeywords(JsonObject schema, string path, string defaultsForbidden)
    {
        var type = schema.Text("type");
        if (type.Length > 0 && !Types.Contains(type))
            Add(FieldError.NotSupported($"{path}.type", GoText.Quote(type), Types.Select(GoText.Quote)));
        if (schema["default"] is not null && defaultsForbidden.Length > 0)
            Add(FieldError.Forbidden($"{path}.default", $"must not be set {defaultsForbidden}"));
        foreach (var keyword in Unsupported.Where(keyword => schema[keyword] is not (null or JsonObject { Count: 0 })))
            Add(FieldError.Forbidden($"{path}.{keyword}", $"{keyword} is not supported"));
        if (type == "null")
            Add(FieldError.Forbidden($"{path}.type", "type cannot be set to null, use nullable as an alternative"));
        if (schema["items"] is JsonArray)
            Add(FieldError.Forbidden($"{path}.items", "items must be a schema object and not an array"));
        if (schema.Flag("uniqueItems"))
            Add(FieldError.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        if (schema["x-kubernetes-preserve-unknown-fields"] is not null && !schema.Flag("x-kubernetes-preserve-unknown-fields"))
            Add(FieldError.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", "false", "must be true or undefined"));
    }

    private void CheckProperties(JsonObject schema, string path, bool isRoot, string defaultsForbidden)
    {
        if (schema["additionalProperties"] is { } additional)
        {
            if (schema["properties"] is JsonObject { Count: > 0 } && !schema.Flag("additionalProperties"))
                Add(FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive"));
            if (additional is JsonObject values)
                Visit(values, $"{path}.additionalProperties", isRoot: false, defaultsForbidden);
        }

        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (property is JsonObject field)
            {
                var forbidden = isRoot && name is "metadata" or "apiVersion" or "kind" ? $"in top-level {name}" : defaultsForbidden;
                Visit(field, $"{path}.properties[{name}]", isRoot: false, isRoot ? forbidden : defaultsForbidden);
            }
        }
    }

    private void CheckMapType(JsonObject schema, string path)
    {
        var mapType = schema.Text("x-kubernetes-map-type");
        if (mapType.Length == 0)
            return;
        CheckTypeOf(schema, path, "object", "must be object if x-kubernetes-map-type is specified");
        if (mapType is not ("atomic" or "granular"))
            Add(FieldError.NotSupported($"{path}.x-kubernetes-map-type", GoText.Quote(mapType), ["\"atomic\"", "\"granular\""]));
    }

    private void CheckListType(JsonObject schema, string path)
    {
        var listType = schema.Text("x-kubernetes-list-type");
        var keys = schema.Strings("x-kubernetes-list-map-keys");
        var items = schema["items"] as JsonObject;
        if (listType.Length > 0 && !CheckTypeOf(schema, path, "array", "must be array if x-kubernetes-list-type is specified"))
            return;
        if (listType is "set" or "map" && items?.Flag("nullable") == true)
            Add(FieldError.Forbidden($"{path}.items.nullable", "cannot be nullable when x-kubernetes-list-type is set"));
        if (listType == "set" && items is not null)
            CheckSetItems(items, path);
        if (listType is not ("" or "atomic" or "set" or "map"))
            Add(FieldError.NotSupported($"{path}.x-kubernetes-list-type", GoText.Quote(listType), ["\"atomic\"", "\"set\"", "\"map\""]));
        if (keys.Count > 0 && listType.Length == 0)
            Add(FieldError.Required($"{path}.x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty"));
        else if (keys.Count > 0 && listType != "map")
            Add(FieldError.Invalid($"{path}.x-kubernetes-list-type", GoText.Quote(listType), "must be map if x-kubernetes-list-map-keys is non-empty"));
        if (listType != "map")
            return;

        if (keys.Count == 0)
            Add(FieldError.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
        if (items is null)
            Add(FieldError.Required($"{path}.items", "must have a schema if x-kubernetes-list-type is map"));
        else if (items.Text("type") != "object")
            Add(FieldError.Invalid($"{path}.items.type", GoText.Quote(items.Text("type")), "must be object if parent array's x-kubernetes-list-type is map"));
        else
            CheckKeys(items, keys, path);
    }

    private void CheckSetItems(JsonObject items, string path)
    {
        const string detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        var listType = items.Text("x-kubernetes-list-type");
        if (items.Text("type") == "array" && listType is not ("" or "atomic"))
            Add(FieldError.Invalid($"{path}.items.x-kubernetes-list-type", GoText.Quote(listType), detail));
        if (items.Text("type") == "object" && items.Text("x-kubernetes-map-type") != "atomic")
            Add(FieldError.Invalid($"{path}.items.x-kubernetes-map-type", "null", detail));
    }

    private void CheckKeys(JsonObject items, IReadOnlyList<string> keys, string path)
    {
        var shown = $"[{string.Join(",", keys.Select(GoText.Quote))}]";
        var required = items.Strings("required");
        for (var index = 0; index < keys.Count; index++)
        {
            var property = items["properties"]?[keys[index]] as JsonObject;
            var propertyPath = $"{path}.items.properties[{keys[index]}]";
            if (property is null)
                Add(FieldError.Invalid($"{path}.x-kubernetes-list-map-keys", shown, "entries must all be names of item properties"));
            else if (property.Text("type") is "array" or "object")
                Add(FieldError.Invalid($"{propertyPath}.type", "\"object\"", "must be a scalar type if parent array's x-kubernetes-list-type is map"));
            if (keys.Take(index).Contains(keys[index]))
                Add(FieldError.Invalid($"{path}.x-kubernetes-list-map-keys", shown, "must not contain duplicate entries"));
            else if (property is not null && property["default"] is null && !required.Contains(keys[index]))
                Add(FieldError.Required($"{propertyPath}.default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            if (property?.Flag("nullable") == true)
                Add(FieldError.Forbidden($"{propertyPath}.nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
        }
    }

    private bool CheckTypeOf(JsonObject schema, string path, string wanted, string detail)
    {
        var type = schema.Text("type");
        if (type == wanted)
            return true;
        Add(type.Length == 0 ? FieldError.Required($"{path}.type", detail) : FieldError.Invalid($"{path}.type", GoText.Quote(type), detail));
        return false;
    }

    private void Add(FieldError error) => _errors.Add(error);
}
