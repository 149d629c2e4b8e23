using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>Whole resources within custom resources (<c>x-kubernetes-embedded-resource</c>): they have a type and metadata like any other.</summary>
internal static class EmbeddedResources
{
    /// <summary>The first embedded type that is no text, in the words of Kubernetes' decoder; null where there is none.</summary>
    public static string? FirstMistypedKind(StructuralSchema schema, JsonNode value)
    {
        string? problem = null;
        Visit(schema, value, "", (resource, path) => problem ??= Names.FirstOrDefault(name => resource[name] is { } text && text.AsText() is null) is { } wrong
            ? $"{path}.{wrong}: Invalid value: {resource[wrong]!.ToJsonString()}: must be a string"
            : null);
        return problem;
    }

    public static void Validate(StructuralSchema schema, JsonNode value, string path, List<FieldError> errors) => Visit(schema, value, path, (resource, at) =>
    {
        foreach (var name in Names)
        {
            if (resource.String(name) is null or "") errors.Add(FieldError.Required($"{at}.{name}"));
        }

        if (resource["metadata"] is not JsonObject metadata) return;
        ObjectMetaRules.ValidateLabels(metadata.Object("labels"), $"{at}.metadata.labels", errors);
        ObjectMetaRules.ValidateAnnotations(metadata.Object("annotations"), $"{at}.metadata.annotations", errors);
    });

    private static readonly string[] Names = ["apiVersion", "kind"];

    private static void Visit(StructuralSchema schema, JsonNode value, string path, Action<JsonObject, string> found)
    {
        if (!schema.HasEmbeddedResources) return;
        if (schema.EmbeddedResource && value is JsonObject resource) found(resource, path);
        if (value is JsonArray list && schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is { } item) Visit(items, item, $"{path}[{index}]", found);
            }
        }

        if (value is not JsonObject map) return;
        foreach (var (name, child) in map)
        {
            if (child is not null && (schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } property)
            {
                Visit(property, child, path.Length == 0 ? name : $"{path}.{name}", found);
            }
        }
    }
}
