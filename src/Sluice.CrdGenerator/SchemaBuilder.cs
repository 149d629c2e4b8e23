using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.CrdGenerator;

/// <summary>
/// Structural OpenAPI schemas of records. What a field is comes from its C# type, what is allowed in it from its attributes.
/// Properties are sorted by name, so that moving a line in a record changes nothing.
/// </summary>
internal static class SchemaBuilder
{
    public static string JsonName(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>The properties of a record that are part of its JSON.</summary>
    public static IEnumerable<PropertyInfo> Fields(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null && property.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
            .OrderBy(JsonName, StringComparer.Ordinal);

    /// <summary>What a list holds, or null if the type is no list.</summary>
    public static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    public static YamlMap OfProperty(PropertyInfo property)
    {
        var schema = new YamlMap().With("description", property.GetCustomAttribute<DescriptionAttribute>()?.Description);
        AddType(schema, property.PropertyType, property);
        AddDefault(schema, property);
        AddRules(schema, property);
        return schema;
    }

    public static YamlMap OfRecord(Type record)
    {
        var schema = new YamlMap();
        AddRecord(schema, record);
        return schema;
    }

    /// <summary>The CEL rules of a record or property, or null if it has none.</summary>
    public static List<YamlMap>? Rules(MemberInfo member)
    {
        var rules = member.GetCustomAttributes<CelRuleAttribute>().Select(rule => new YamlMap { ["rule"] = rule.Rule, ["message"] = rule.Message }).ToList();
        return rules.Count == 0 ? null : rules;
    }

    private static void AddType(YamlMap schema, Type declared, PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (ItemOf(type) is { } item)
            AddList(schema, item, property);
        else if (type == typeof(IReadOnlyDictionary<string, string>))
            AddMap(schema, property);
        else if (type == typeof(JsonElement))
            AddRaw(schema, property);
        else if (type == typeof(IntOrString))
            AddIntOrString(schema, property);
        else if (type == typeof(V1Condition))
            ConditionSchema.AddTo(schema);
        else if (!TryAddScalar(schema, type, property))
            AddRecord(schema, type);
    }

    private static bool TryAddScalar(YamlMap schema, Type type, PropertyInfo property)
    {
        if (type == typeof(string))
            AddText(schema, property);
        else if (type == typeof(DateTimeOffset))
            schema.With("type", "string").With("format", "date-time");
        else if (type.IsEnum)
            schema.With("type", "string").With("enum", Enum.GetNames(type).ToList());
        else if (type == typeof(bool))
            schema.With("type", "boolean");
        else if (type == typeof(double))
            schema.With("type", "number").With("format", "double");
        else if (type == typeof(int) || type == typeof(long))
            AddInteger(schema, type == typeof(int) ? "int32" : "int64", property);
        else
            return false;
        return true;
    }

    private static void AddText(YamlMap schema, PropertyInfo property) => schema
        .With("type", "string")
        .With("minLength", property.GetCustomAttribute<MinLengthAttribute>()?.Value)
        .With("maxLength", property.GetCustomAttribute<MaxLengthAttribute>()?.Value)
        .With("pattern", property.GetCustomAttribute<PatternAttribute>()?.Value);

    private static void AddInteger(YamlMap schema, string format, PropertyInfo property) => schema
        .With("type", "integer")
        .With("format", format)
        .With("minimum", property.GetCustomAttribute<MinimumAttribute>()?.Value)
        .With("maximum", property.GetCustomAttribute<MaximumAttribute>()?.Value);

    private static void AddIntOrString(YamlMap schema, PropertyInfo property) => schema
        .With("anyOf", new List<YamlMap> { new() { ["type"] = "integer" }, new() { ["type"] = "string" } })
        .With("minimum", property.GetCustomAttribute<MinimumAttribute>()?.Value)
        .With("maximum", property.GetCustomAttribute<MaximumAttribute>()?.Value)
        .With("pattern", property.GetCustomAttribute<PatternAttribute>()?.Value)
        .With("x-kubernetes-int-or-string", true);

    private static void AddMap(YamlMap schema, PropertyInfo property) => schema
        .With("type", "object")
        .With("maxProperties", property.GetCustomAttribute<MaxPropertiesAttribute>()?.Value)
        .With("additionalProperties", new YamlMap { ["type"] = "string" }.With("maxLength", property.GetCustomAttribute<MaxLengthAttribute>()?.Value));

    private static void AddRaw(YamlMap schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<PreserveUnknownFieldsAttribute>() is null)
            throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} is raw JSON: it needs [PreserveUnknownFields]");
        schema.With("type", "object").With("x-kubernetes-preserve-unknown-fields", true);
    }

    private static void AddList(YamlMap schema, Type item, PropertyInfo property)
    {
        var items = new YamlMap();
        AddType(items, item, property);
        schema
            .With("type", "array")
            .With("minItems", property.GetCustomAttribute<MinItemsAttribute>()?.Value)
            .With("maxItems", property.GetCustomAttribute<MaxItemsAttribute>()?.Value)
            .With("x-kubernetes-list-type", property.GetCustomAttribute<ListTypeAttribute>()?.Value)
            .With("x-kubernetes-list-map-keys", property.GetCustomAttribute<ListMapKeysAttribute>()?.Keys)
            .With("items", items);
    }

    private static void AddRecord(YamlMap schema, Type record)
    {
        if (record.IsValueType || record.Namespace == nameof(System))
            throw new InvalidOperationException($"{record} is not a type that a schema can describe");
        var properties = new YamlMap();
        foreach (var field in Fields(record))
            properties.Add(JsonName(field), OfProperty(field));
        var required = Fields(record).Where(field => field.GetCustomAttribute<RequiredAttribute>() is not null).Select(JsonName).ToList();
        schema
            .With("type", "object")
            .With("required", required.Count == 0 ? null : required)
            .With("properties", properties);
        AddRules(schema, record);
    }

    private static void AddDefault(YamlMap schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<DefaultEmptyAttribute>() is not null)
            schema.Add("default", new YamlMap());
        else if (property.GetCustomAttribute<DefaultUnobservedAttribute>() is not null)
            schema.Add("default", new YamlMap { [JsonName(property.PropertyType.GetProperty("ObservedGeneration")!)] = DefaultUnobservedAttribute.Generation });
        else
            schema.With("default", property.GetCustomAttribute<DefaultAttribute>()?.Value);
    }

    private static void AddRules(YamlMap schema, MemberInfo member)
    {
        if (Rules(member) is not { } rules)
            return;
        if (schema.TryGetValue("x-kubernetes-validations", out var present))
            ((List<YamlMap>)present).AddRange(rules);
        else
            schema.Add("x-kubernetes-validations", rules);
    }
}
