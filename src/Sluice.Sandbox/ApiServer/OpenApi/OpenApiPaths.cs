using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>
/// The operations of a kind. kubectl looks a PATCH operation up by its group, version and kind, and reads from its parameters
/// whether the server can do dry runs and field validation.
/// </summary>
internal sealed class OpenApiPaths
{
    private readonly string _group;
    private readonly string _version;
    private readonly OpenApiKind _kind;
    private readonly OpenApiSchemas _schemas;

    private OpenApiPaths(string group, string version, OpenApiKind kind, OpenApiSchemas schemas)
    {
        _group = group;
        _version = version;
        _kind = kind;
        _schemas = schemas;
    }

    public static void Add(JsonObject paths, string group, string version, OpenApiKind kind, OpenApiSchemas schemas)
    {
        var writer = new OpenApiPaths(group, version, kind, schemas);
        var root = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        paths[collection] = writer.Collection();
        paths[$"{collection}/{{name}}"] = writer.Item();
        foreach (var subresource in kind.Subresources)
            paths[$"{collection}/{{name}}/{subresource}"] = writer.Subresource(subresource);
        if (kind.Namespaced)
            paths[$"{root}/{kind.Plural}"] = new JsonObject { ["get"] = writer.List("ForAllNamespaces"), ["parameters"] = Parameters([.. OpenApiParameters.List, "pretty"]) };
    }

    private string Scope => _kind.Namespaced ? "Namespaced" : "";

    private string[] Place => _kind.Namespaced ? ["namespace", "pretty"] : ["pretty"];

    private JsonObject Self => new() { ["$ref"] = $"#/components/schemas/{_schemas.TypeOf(_kind)}" };

    private JsonObject Collection()
    {
        var list = List("");
        list["parameters"] = Parameters(OpenApiParameters.List);
        return new JsonObject
        {
            ["get"] = list,
            ["post"] = Operation("post", "create", $"create a {_kind.Kind}", "", OpenApiParameters.Write, Body(Self, "*/*"), Self, "201"),
            ["delete"] = Operation(
                "deletecollection", "delete", $"delete collection of {_kind.Kind}", "", OpenApiParameters.List, Body(_schemas.DeleteOptions(), "*/*"), _schemas.Status()),
            ["parameters"] = Parameters(Place),
        };
    }

    private JsonObject Item() => new()
    {
        ["get"] = Operation("get", "read", $"read the specified {_kind.Kind}", "", OpenApiParameters.Read, body: null, Self),
        ["put"] = Operation("put", "replace", $"replace the specified {_kind.Kind}", "", OpenApiParameters.Write, Body(Self, "*/*"), Self),
        ["delete"] = Operation("delete", "delete", $"delete a {_kind.Kind}", "", OpenApiParameters.Delete, Body(_schemas.DeleteOptions(), "*/*"), _schemas.Status()),
        ["patch"] = Operation("patch", "patch", $"partially update the specified {_kind.Kind}", "", OpenApiParameters.Patch, PatchBody(), Self),
        ["parameters"] = Parameters(["name", .. Place]),
    };

    private JsonObject Subresource(string name)
    {
        JsonObject Result() => name == "scale" ? _schemas.Scale() : Self;
        var suffix = char.ToUpper(name[0], CultureInfo.InvariantCulture) + name[1..];
        return new JsonObject
        {
            ["get"] = Operation("get", "read", $"read {name} of the specified {_kind.Kind}", suffix, OpenApiParameters.Read, body: null, Result()),
            ["put"] = Operation("put", "replace", $"replace {name} of the specified {_kind.Kind}", suffix, OpenApiParameters.Write, Body(Result(), "*/*"), Result()),
            ["patch"] = Operation("patch", "patch", $"partially update {name} of the specified {_kind.Kind}", suffix, OpenApiParameters.Patch, PatchBody(), Result()),
            ["parameters"] = Parameters(["name", .. Place]),
        };
    }

    private JsonObject List(string suffix) => Operation(
        "list",
        "list",
        $"list objects of kind {_kind.Kind}",
        suffix,
        [],
        body: null,
        new JsonObject { ["$ref"] = $"#/components/schemas/{_schemas.TypeOf(_kind)}List" });

    private JsonObject Operation(
        string action, string verb, string description, string suffix, IReadOnlyList<string> parameters, JsonObject? body, JsonObject result, string? created = null)
    {
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray($"{Camel(_group.Length == 0 ? "core" : _group)}_{_version}"),
            ["description"] = description,
            ["operationId"] = $"{verb}{Pascal(_group.Length == 0 ? "core" : _group)}{Pascal(_version)}"
                + $"{(action == "deletecollection" ? "Collection" : "")}{(suffix == "ForAllNamespaces" ? "" : Scope)}{_kind.Kind}{suffix}",
        };
        if (parameters.Count > 0)
            operation["parameters"] = Parameters(parameters);
        if (body is not null)
            operation["requestBody"] = body;
        var responses = new JsonObject { ["200"] = Response("OK", result) };
        if (created is not null)
            responses[created] = Response("Created", result.DeepClone().AsObject());
        responses["401"] = new JsonObject { ["description"] = "Unauthorized" };
        operation["responses"] = responses;
        operation["x-kubernetes-action"] = action;
        operation["x-kubernetes-group-version-kind"] = _schemas.GroupVersionKind(_kind.Kind);
        return operation;
    }

    private JsonObject PatchBody()
    {
        var content = new JsonObject();
        string[] types = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
        // Custom resources have no merge keys that a strategic patch could go by.
        foreach (var type in _kind.Schema is null ? types.Append("application/strategic-merge-patch+json") : types)
            content[type] = new JsonObject { ["schema"] = _schemas.Patch() };
        return new JsonObject { ["content"] = content, ["required"] = true };
    }

    private static JsonObject Body(JsonObject schema, string type) =>
        new() { ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = schema } } };

    private static JsonObject Response(string description, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject
        {
            ["application/json"] = new JsonObject { ["schema"] = schema },
            ["application/yaml"] = new JsonObject { ["schema"] = schema.DeepClone() },
        },
    };

    private static JsonArray Parameters(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)OpenApiParameters.Describe(name))];

    private static string Pascal(string text) =>
        string.Concat(text.Split('.', '-').Where(part => part.Length > 0).Select(part => char.ToUpper(part[0], CultureInfo.InvariantCulture) + part[1..]));

    private static string Camel(string text) => Pascal(text) is { Length: > 0 } pascal ? char.ToLower(pascal[0], CultureInfo.InvariantCulture) + pascal[1..] : text;
}
