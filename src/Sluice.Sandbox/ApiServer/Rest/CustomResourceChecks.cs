using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>The checks of a custom resource: its schema, and that its scale subresource can read its replicas.</summary>
internal static class CustomResourceChecks
{
    public static void Validate(ResourceType type, JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        if (type.Schema is not { } schema) return;
        EmbeddedResources.Validate(schema, value, "", errors);
        var found = schema.ValidateValues(value, old);
        errors.AddRange(found);
        if (UnfitReplicas(type, value) is { } unfit) errors.Add(unfit);
        errors.AddRange(schema.ValidateRules(value, old, found));
    }

    private static FieldError? UnfitReplicas(ResourceType type, JsonObject value)
    {
        if (type.Scale is not { SpecReplicas: { } path }) return null;
        JsonNode? node = value;
        foreach (var part in path.Split('.')) node = (node as JsonObject)?[part];
        if (node is null) return null;
        if (!JsonNumber.TryReadInteger(node, out var replicas)) return FieldError.Invalid("." + path, "0", $".{path} accessor error: {GoText.Of(node)} is of the type {GoType(node)}, expected int64");
        return replicas switch
        {
            < 0 => FieldError.Invalid("." + path, $"{replicas}", "should be a non-negative integer"),
            > int.MaxValue => FieldError.Invalid("." + path, $"{replicas}", $"should be less than or equal to {int.MaxValue}"),
            _ => null,
        };
    }

    private static string GoType(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "float64",
        _ => "bool",
    };
}
