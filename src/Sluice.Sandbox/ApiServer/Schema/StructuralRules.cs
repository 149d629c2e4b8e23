using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// The rules that make a schema structural: every place of a value has one declared type, and combinations (allOf, anyOf, oneOf,
/// not) only add conditions to it. Pruning, defaulting and merging rest on that.
/// </summary>
internal sealed class StructuralRules
{
    private readonly List<FieldError> _errors = [];

    private StructuralRules()
    {
    }

    private enum Level
    {
        Root,
        Item,
        Field,
    }

    public static IReadOnlyList<FieldError> Check(JsonObject schema, string path)
    {
        var rules = new StructuralRules();
        rules.Visit(schema, Level.Root, path);
        return rules._errors;
    }

    private void Visit(JsonObject schema, Level level, string path)
    {
        var type = schema.Text("type");
        if (type == "array" && schema["items"] is null)
            Add(FieldError.Required($"{path}.items", "must be specified"));
        if (schema["items"] is JsonObject items)
            Visit(items, Level.Item, $"{path}.items");
        foreach (var (name, property) in Fields(schema, "properties"))
        {
            var propertyPath = $"{path}.properties[{name}]";
            // Root metadata is known without a schema: only its names may be restricted.
            if (level == Level.Root && name == "metadata")
                CheckMetadata(property, propertyPath);
            else
                Visit(property, Level.Field, propertyPath);
        }

        if (schema["additionalProperties"] is { } additional)
        {
            if (level == Level.Root)
                Add(FieldError.Forbidden($"{path}.additionalProperties", "must not be used at the root"));
            if (additional is JsonObject values)
                Visit(values, Level.Field, $"{path}.additionalProperties");
        }

        CheckType(schema, type, level, path);
        CheckExtensions(schema, type, path);
        CheckResourceFields(schema, level, path);
        CheckConditions(schema, path, IsIntOrString(schema["anyOf"]), (schema["allOf"] as JsonArray)?.FirstOrDefault() is JsonObject first && IsIntOrString(first["anyOf"]));
    }

    private void CheckType(JsonObject schema, string type, Level level, string path)
    {
        var isFree = schema.Flag("x-kubernetes-int-or-string") || schema.Flag("x-kubernetes-preserve-unknown-fields");
        if (schema.Flag("x-kubernetes-embedded-resource") && type != "object")
        {
            const string detail = "must be object if x-kubernetes-embedded-resource is true";
            Add(type.Length == 0 ? FieldError.Required($"{path}.type", detail) : FieldError.Invalid($"{path}.type", GoText.Quote(type), detail));
        }
        else if (type.Length == 0 && !isFree)
        {
            Add(FieldError.Required($"{path}.type", level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            }));
        }

        if (level == Level.Root && type is not ("" or "object"))
            Add(FieldError.Invalid($"{path}.type", GoText.Quote(type), "must be object at the root"));
    }

    private void CheckExtensions(JsonObject schema, string type, string path)
    {
        var preserves = schema.Flag("x-kubernetes-preserve-unknown-fields");
        var isEmbedded = schema.Flag("x-kubernetes-embedded-resource");
        if (schema.Flag("x-kubernetes-int-or-string") && preserves)
            Add(FieldError.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", "true", "must be false if x-kubernetes-int-or-string is true"));
        if (schema.Flag("x-kubernetes-int-or-string") && isEmbedded)
            Add(FieldError.Invalid($"{path}.x-kubernetes-embedded-resource", "true", "must be false if x-kubernetes-int-or-string is true"));
        if (isEmbedded && schema["additionalProperties"] is not null)
            Add(FieldError.Forbidden($"{path}.additionalProperties", "must not be used if x-kubernetes-embedded-resource is set"));
        if (isEmbedded && !preserves && schema["properties"] is not JsonObject { Count: > 0 })
        {
            Add(FieldError.Required(
                $"{path}.properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
        }

        if (schema.Text("pattern") is { Length: > 0 } pattern && !Patterns.IsValid(pattern))
            Add(FieldError.Invalid($"{path}.pattern", GoText.Quote(pattern), $"must be a valid regular expression, but isn't: error parsing regexp: {Patterns.Explain(pattern)}"));
    }

    private void CheckResourceFields(JsonObject schema, Level level, string path)
    {
        if (level != Level.Root && !schema.Flag("x-kubernetes-embedded-resource"))
            return;
        foreach (var (name, property) in Fields(schema, "properties"))
        {
            var type = property.Text("type");
            if (name is "kind" or "apiVersion" && type != "string")
                Add(FieldError.Invalid($"{path}.properties[{name}].type", GoText.Quote(type), "must be string"));
            if (name == "metadata" && type != "object")
                Add(FieldError.Invalid($"{path}.properties[{name}].type", GoText.Quote(type), "must be object"));
        }
    }

    private void CheckMetadata(JsonObject metadata, string path)
    {
        var others = metadata.Select(field => field.Key).Except(["type", "description", "properties", "default"]);
        var names = Fields(metadata, "properties").Select(field => field.Key).Except(["name", "generateName"]);
        if (others.Any() || names.Any())
            Add(FieldError.Forbidden(path, "must not specify anything other than name and generateName, but metadata is implicitly specified"));
    }

    private void CheckConditions(JsonObject schema, string path, bool skipAnyOf, bool skipFirstAllOf)
    {
        foreach (var keyword in (string[])["anyOf", "allOf", "oneOf"])
        {
            var list = schema[keyword] as JsonArray ?? [];
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is JsonObject condition && !(keyword == "anyOf" && skipAnyOf))
                    CheckCondition(condition, $"{path}.{keyword}[{index}]", skipAnyOf: keyword == "allOf" && index == 0 && skipFirstAllOf);
            }
        }

        if (schema["not"] is JsonObject not)
            CheckCondition(not, $"{path}.not", skipAnyOf: false);
    }

    private void CheckCondition(JsonObject condition, string path, bool skipAnyOf)
    {
        CheckConditions(condition, path, skipAnyOf, skipFirstAllOf: false);
        if (condition["items"] is JsonObject items)
            CheckCondition(items, $"{path}.items", skipAnyOf: false);
        foreach (var (name, property) in Fields(condition, "properties"))
            CheckCondition(property, $"{path}.properties[{name}]", skipAnyOf: false);

        foreach (var (keyword, demand) in Forbidden)
        {
            if (condition[keyword] is { } value && value is not JsonValue { } && value is not JsonArray { Count: 0 })
                Add(FieldError.Forbidden($"{path}.{keyword}", demand));
            else if (condition[keyword] is JsonValue scalar && !(scalar.TryGetValue(out bool flag) && !flag))
                Add(FieldError.Forbidden($"{path}.{keyword}", demand));
        }

        if (condition["properties"]?["metadata"] is not null)
            Add(FieldError.Forbidden($"{path}.properties[metadata]", "must not be specified in a nested context"));
    }

    private static readonly (string Keyword, string Demand)[] Forbidden =
    [
        ("type", "must be empty to be structural"),
        ("additionalProperties", "must be undefined to be structural"),
        ("default", "must be undefined to be structural"),
        ("title", "must be empty to be structural"),
        ("description", "must be empty to be structural"),
        ("nullable", "must be false to be structural"),
        ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
        ("x-kubernetes-embedded-resource", "must be false to be structural"),
        ("x-kubernetes-int-or-string", "must be false to be structural"),
        ("x-kubernetes-list-map-keys", "must be empty to be structural"),
        ("x-kubernetes-list-type", "must be undefined to be structural"),
        ("x-kubernetes-map-type", "must be undefined to be structural"),
        ("x-kubernetes-validations", "must be empty to be structural"),
    ];

    // The one exception: an int-or-string may say so in the words of OpenAPI.
    private static bool IsIntOrString(JsonNode? anyOf) => anyOf is JsonArray { Count: 2 } list
        && list.OfType<JsonObject>().Where(schema => schema.Count == 1).Select(schema => schema.Text("type")).SequenceEqual(["integer", "string"]);

    private static IEnumerable<KeyValuePair<string, JsonObject>> Fields(JsonObject schema, string keyword) =>
        (schema[keyword] as JsonObject ?? []).Where(field => field.Value is JsonObject).Select(field => KeyValuePair.Create(field.Key, field.Value!.AsObject()));

    private void Add(FieldError error) => _errors.Add(error);
}
