using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>Reads the JSON form of a structural schema.</summary>
internal static class SchemaReader
{
    public static StructuralSchema Read(JsonObject json, string path, List<FieldError> errors)
    {
        var properties = new Dictionary<string, StructuralSchema>();
        if (json["properties"] is JsonObject fields)
        {
            foreach (var (name, child) in fields)
            {
                if (child is JsonObject field)
                    properties[name] = Read(field, $"{path}.properties[{name}]", errors);
            }
        }

        return new StructuralSchema
        {
            Type = Text(json, "type"),
            Format = Text(json, "format"),
            Description = Text(json, "description"),
            Nullable = Flag(json, "nullable"),
            IntOrString = Flag(json, "x-kubernetes-int-or-string"),
            PreserveUnknownFields = Flag(json, "x-kubernetes-preserve-unknown-fields"),
            EmbeddedResource = Flag(json, "x-kubernetes-embedded-resource"),
            ListType = Text(json, "x-kubernetes-list-type") switch { "set" => ListType.Set, "map" => ListType.Map, _ => ListType.Atomic },
            ListMapKeys = Strings(json, "x-kubernetes-list-map-keys"),
            AtomicMap = Text(json, "x-kubernetes-map-type") == "atomic",
            Default = json["default"]?.DeepClone(),
            Properties = properties,
            AdditionalProperties = json["additionalProperties"] is JsonObject additional ? Read(additional, $"{path}.additionalProperties", errors) : null,
            AllowsAnyProperty = json["additionalProperties"] is JsonValue any && any.TryGetValue(out bool allowed) && allowed,
            Items = json["items"] is JsonObject items ? Read(items, $"{path}.items", errors) : null,
            Required = Strings(json, "required"),
        };
    }

    private static string Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static bool Flag(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static List<string> Strings(JsonObject json, string name) =>
        json[name] is JsonArray list ? [.. list.OfType<JsonValue>().Select(item => item.GetValue<string>())] : [];
}
