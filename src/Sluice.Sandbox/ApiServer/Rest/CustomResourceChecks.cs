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
        var found = schema.Validate(value, old).ToList();
        // The remark that rules were left unchecked comes last.
        var remark = found.FindIndex(error => error.Field == "<nil>");
        if (UnreadableReplicas(type, value) is { } unreadable) found.Insert(remark < 0 ? found.Count : remark, unreadable);
        errors.AddRange(found);
    }

    private static FieldError? UnreadableReplicas(ResourceType type, JsonObject value)
    {
        if (type.Scale is not { SpecReplicas: { } path }) return null;
        JsonNode? node = value;
        foreach (var part in path.Split('.')) node = (node as JsonObject)?[part];
        return node is JsonValue && node.AsText() is { } text
            ? FieldError.Invalid("." + path, "0", $".{path} accessor error: {text} is of the type string, expected int64")
            : null;
    }
}
