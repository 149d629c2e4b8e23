using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.OpenApi;

/// <summary>
/// The one document under <c>/openapi/v2</c> (Swagger 2.0): all documents of version 3 together, in the older form. kubectl reads it to check what
/// <c>/openapi/v3</c> cannot vouch for, such as a <c>kind: List</c>, and for <c>explain --output plaintext-openapiv2</c>.
/// </summary>
internal static class OpenApiV2
{
    private const string Reference3 = "#/components/schemas/";
    private const string Reference2 = "#/definitions/";

    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];
    private static readonly string[] Produced = ["application/json", "application/yaml"];

    /// <summary>Joins documents of version 3, which stay as they are.</summary>
    public static JsonObject Document(IEnumerable<JsonObject> documents)
    {
        var (paths, definitions) = (new JsonObject(), new JsonObject());
        foreach (var document in documents)
        {
            foreach (var (path, item) in document.Object("paths")!) paths[path] = PathItem(item!.AsObject());
            foreach (var (name, schema) in document.Object("components").Object("schemas")!) definitions[name] = Special(name) ?? Schema(schema!.AsObject());
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.0" },
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    // Version 2 cannot say that a value is of one type or another: these count as text.
    private static JsonObject? Special(string type) => type switch
    {
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => new JsonObject { ["type"] = "string", ["format"] = "int-or-string" },
        "io.k8s.apimachinery.pkg.api.resource.Quantity" => new JsonObject { ["type"] = "string" },
        _ => null,
    };

    private static JsonObject PathItem(JsonObject item)
    {
        var result = new JsonObject();
        foreach (var method in Methods)
        {
            if (item[method] is JsonObject operation) result[method] = Operation(operation);
        }

        if (item["parameters"] is JsonArray parameters) result["parameters"] = Parameters(parameters);
        return result;
    }

    private static JsonObject Operation(JsonObject operation)
    {
        var result = new JsonObject();
        foreach (var kept in (ReadOnlySpan<string>)["tags", "description", "operationId", "x-kubernetes-action", "x-kubernetes-group-version-kind"]) result.CopyPart(operation, kept);
        var parameters = Parameters(operation.Array("parameters") ?? []);
        if (operation.Object("requestBody") is { } body)
        {
            var content = body.Object("content")!;
            result["consumes"] = new JsonArray([.. content.Select(type => (JsonNode)type.Key)]);
            parameters.Add(new JsonObject { ["name"] = "body", ["in"] = "body", ["required"] = true, ["schema"] = Schema(content.First().Value.Object("schema")!) });
        }

        if (parameters.Count > 0) result["parameters"] = parameters;
        result["produces"] = new JsonArray([.. Produced.Select(type => (JsonNode)type)]);
        var responses = new JsonObject();
        foreach (var (code, response) in operation.Object("responses")!) responses[code] = Response(response!);
        result["responses"] = responses;
        return result;
    }

    private static JsonObject Response(JsonNode response)
    {
        var result = new JsonObject { ["description"] = response.String("description") };
        if (response.Object("content") is { } content) result["schema"] = Schema(content.First().Value.Object("schema")!);
        return result;
    }

    // The type of a parameter stands beside its name, not within a schema.
    private static JsonArray Parameters(JsonArray parameters) => [.. parameters.Select(parameter =>
    {
        var result = parameter!.AsObject().Copy();
        var schema = result.Object("schema")!;
        result.Remove("schema");
        foreach (var (key, value) in schema) result[key] = value?.DeepClone();
        return (JsonNode)result;
    })];

    /// <summary>A schema without what Swagger 2.0 cannot say: such parts are left to the server to check.</summary>
    private static JsonObject Schema(JsonObject schema)
    {
        if (ReferenceOf(schema) is { } reference) return Referring(schema, reference);
        var result = schema.Copy();
        foreach (var unknown in (ReadOnlySpan<string>)["oneOf", "anyOf", "allOf", "not"]) result.Remove(unknown);
        var isOpen = result.IsTrue("x-kubernetes-preserve-unknown-fields") || result.IsTrue("nullable");
        if (isOpen || result.IsTrue("x-kubernetes-int-or-string")) result.Remove("type");
        if (isOpen) RemoveParts(result);
        result.Remove("nullable");
        if (result["properties"] is JsonObject properties)
        {
            foreach (var name in properties.Select(property => property.Key).ToList()) properties[name] = Schema(properties[name]!.AsObject());
        }

        foreach (var part in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (result[part] is JsonObject nested) result[part] = Schema(nested);
        }

        return result;
    }

    private static void RemoveParts(JsonObject schema)
    {
        foreach (var part in (ReadOnlySpan<string>)["properties", "items", "additionalProperties"]) schema.Remove(part);
    }

    // A reference with attributes beside it stands alone within allOf in version 3.
    private static string? ReferenceOf(JsonObject schema) =>
        schema.String("$ref") ?? (schema["allOf"] is JsonArray { Count: 1 } all ? all[0].String("$ref") : null);

    private static JsonObject Referring(JsonObject schema, string reference)
    {
        var result = new JsonObject();
        foreach (var (key, value) in schema.Where(part => part.Key is not ("$ref" or "allOf"))) result[key] = value?.DeepClone();
        result["$ref"] = reference.Replace(Reference3, Reference2, StringComparison.Ordinal);
        return result;
    }
}
