using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>The schemas of a document: the kinds it serves, and every built-in type that they refer to.</summary>
internal sealed class OpenApiSchemas(string group, string version)
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
    private const string Prefix = "#/components/schemas/";
    private const string ApiConventions = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

    private readonly SortedDictionary<string, JsonObject> _schemas = new(StringComparer.Ordinal);

    /// <summary>A reference to a type's schema, which is added to the document.</summary>
    public JsonObject Reference(string type)
    {
        AddBuiltin(type);
        return new JsonObject { ["$ref"] = Prefix + type };
    }

    /// <summary>A reference to the options of a delete.</summary>
    public JsonObject DeleteOptions() => Reference($"{Meta}.DeleteOptions");

    public JsonObject Patch() => Reference($"{Meta}.Patch");

    public JsonObject Status() => Reference($"{Meta}.Status");

    public JsonObject Scale() => Reference("io.k8s.api.autoscaling.v1.Scale");

    /// <summary>The name of a kind's schema: built-in types have theirs, a custom resource's is its group turned around.</summary>
    public string TypeOf(OpenApiKind kind) => kind.Schema is null && BuiltinSchemas.FindType(group, version, kind.Kind) is { } type
        ? type
        : $"{string.Join('.', group.Split('.').Reverse())}.{version}.{kind.Kind}";

    public void Add(OpenApiKind kind)
    {
        var type = TypeOf(kind);
        if (kind.Schema is { } custom)
            _schemas[type] = CustomKind(kind, custom);
        else
            AddBuiltin(type);
        if (!_schemas.TryGetValue(type, out var schema))
            return;
        schema["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind.Kind));
        _schemas[$"{type}List"] = ListOf(kind, type);
    }

    public JsonObject GroupVersionKind(string kind) => new() { ["group"] = group, ["kind"] = kind, ["version"] = version };

    public JsonObject Write()
    {
        var json = new JsonObject();
        foreach (var (name, schema) in _schemas)
            json[name] = schema;
        return json;
    }

    private JsonObject CustomKind(OpenApiKind kind, JsonObject custom)
    {
        var schema = custom.DeepClone().AsObject();
        if (schema["type"] is null)
            schema["type"] = "object";
        RefineResource(schema, kind.Kind);
        return schema;
    }

    // Every resource has these fields, whatever its own schema says of them; those embedded in it as well.
    private void RefineResource(JsonObject schema, string kind)
    {
        foreach (var child in Nested(schema).ToList())
        {
            if (child.Flag("x-kubernetes-embedded-resource"))
                RefineResource(child, kind);
        }

        var properties = schema["properties"] as JsonObject;
        if (properties is null)
            schema["properties"] = properties = [];
        properties["apiVersion"] = Described(
            new JsonObject { ["type"] = "string" },
            "APIVersion defines the versioned schema of this representation of an object.");
        properties["kind"] = Described(new JsonObject { ["type"] = "string" }, $"Kind is the REST resource that this object represents, such as {kind}.");
        properties["metadata"] = Described(
            new JsonObject { ["allOf"] = new JsonArray(Reference($"{Meta}.ObjectMeta")) },
            $"Standard object's metadata. More info: {ApiConventions}#metadata");
    }

    private JsonObject ListOf(OpenApiKind kind, string type) => new()
    {
        ["description"] = $"{kind.Kind}List is a list of {kind.Kind}",
        ["type"] = "object",
        ["required"] = new JsonArray("items"),
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = Described(new JsonObject { ["type"] = "string" }, "APIVersion defines the versioned schema of this representation of an object."),
            ["items"] = Described(
                new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = Prefix + type } },
                $"List of {kind.Plural}. More info: {ApiConventions}"),
            ["kind"] = Described(new JsonObject { ["type"] = "string" }, "Kind is the REST resource that this object represents."),
            ["metadata"] = Described(
                new JsonObject { ["allOf"] = new JsonArray(Reference($"{Meta}.ListMeta")) }, $"Standard list metadata. More info: {ApiConventions}#types-kinds"),
        },
        ["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind($"{kind.Kind}List")),
    };

    private void AddBuiltin(string type)
    {
        if (_schemas.ContainsKey(type) || BuiltinSchemas.FindDefinition(type) is not { } definition)
            return;
        var schema = definition.DeepClone().AsObject();
        _schemas[type] = schema;
        Resolve(schema);
    }

    // The facts refer to types by plain names; a reference with attributes beside it has to stand within allOf.
    private void Resolve(JsonObject schema)
    {
        if (schema.Text("$ref") is { Length: > 0 } type)
        {
            AddBuiltin(type);
            schema.Remove("$ref");
            if (schema.Count == 0)
                schema["$ref"] = Prefix + type;
            else
                schema["allOf"] = new JsonArray(new JsonObject { ["$ref"] = Prefix + type });
            return;
        }

        foreach (var child in Nested(schema).ToList())
            Resolve(child);
    }

    private static IEnumerable<JsonObject> Nested(JsonObject schema)
    {
        foreach (var (_, property) in schema["properties"] as JsonObject ?? [])
        {
            if (property is JsonObject field)
                yield return field;
        }

        if (schema["items"] is JsonObject items)
            yield return items;
        if (schema["additionalProperties"] is JsonObject additional)
            yield return additional;
    }

    private static JsonObject Described(JsonObject schema, string description)
    {
        schema.Insert(0, "description", description);
        return schema;
    }
}
