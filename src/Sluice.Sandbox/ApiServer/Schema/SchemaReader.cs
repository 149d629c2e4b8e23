using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Reads the JSON form of one schema node and of the nodes within it.</summary>
internal static class SchemaReader
{
    /// <summary>Reads a schema without references, its CEL rules included.</summary>
    public static StructuralSchema Read(JsonObject json) => Read(json, isResource: json.Flag("x-kubernetes-embedded-resource"));

    /// <summary>Reads the schema of a whole resource.</summary>
    public static StructuralSchema ReadResource(JsonObject json) => Read(json, isResource: true);

    /// <summary>Reads a schema node without rules; the nodes within are read by <paramref name="child"/>.</summary>
    public static StructuralSchema Read(JsonObject json, Func<JsonObject, StructuralSchema> child) => new()
    {
        Type = json.Text("type"),
        Format = json.Text("format"),
        Description = json.Text("description"),
        Nullable = json.Flag("nullable"),
        IntOrString = json.Flag("x-kubernetes-int-or-string"),
        PreserveUnknownFields = json.Flag("x-kubernetes-preserve-unknown-fields"),
        EmbeddedResource = json.Flag("x-kubernetes-embedded-resource"),
        ListType = json.Text("x-kubernetes-list-type") switch { "set" => ListType.Set, "map" => ListType.Map, _ => ListType.Atomic },
        ListMapKeys = json.Strings("x-kubernetes-list-map-keys"),
        AtomicMap = json.Text("x-kubernetes-map-type") == "atomic",
        PatchMergeKey = json.Text("x-kubernetes-patch-merge-key"),
        PatchStrategies = json.Text("x-kubernetes-patch-strategy").Split(',', StringSplitOptions.RemoveEmptyEntries),
        Default = json["default"]?.DeepClone(),
        Properties = json["properties"] is JsonObject fields
            ? fields.ToDictionary(field => field.Key, field => child(field.Value as JsonObject ?? []))
            : [],
        AdditionalProperties = json["additionalProperties"] is JsonObject additional ? child(additional) : null,
        AllowsAnyProperty = json.Flag("additionalProperties"),
        Items = json["items"] is JsonObject items ? child(items) : null,
        Rules = ValueRules.Read(json),
    };

    private static StructuralSchema Read(JsonObject json, bool isResource)
    {
        var node = Read(json, Read) with { IsResource = isResource };
        var rules = json["x-kubernetes-validations"] is JsonArray list
            ? list.OfType<JsonObject>().Select(rule => ValidationRule.Read(rule, node)).ToList()
            : [];
        var hasRules = rules.Count > 0 || node.Items?.HasRules == true || node.AdditionalProperties?.HasRules == true
            || node.Properties.Values.Any(property => property.HasRules);
        var hasEmbedded = node.EmbeddedResource || node.Items?.HasEmbeddedResources == true || node.AdditionalProperties?.HasEmbeddedResources == true
            || node.Properties.Values.Any(property => property.HasEmbeddedResources);
        return node with { ValidationRules = rules, HasRules = hasRules, HasEmbeddedResources = hasEmbedded };
    }
}
