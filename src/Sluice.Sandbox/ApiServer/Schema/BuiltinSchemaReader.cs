using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>
/// Turns the facts of a built-in type into a schema. A type that contains itself (a CustomResourceDefinition's JSON schema does)
/// becomes a node whose properties lead back to it.
/// </summary>
internal sealed class BuiltinSchemaReader
{
    private static readonly Dictionary<string, StructuralSchema> Special = new()
    {
        ["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = new() { IntOrString = true, Builtin = true },
        // A quantity may be written as a string or as any number, 0.5 too.
        ["io.k8s.apimachinery.pkg.api.resource.Quantity"] = new() { Builtin = true, Format = GoForm.Quantity },
        ["io.k8s.apimachinery.pkg.runtime.RawExtension"] = new() { PreserveUnknownFields = true, AtomicMap = true, Builtin = true },
        ["io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"] = new() { PreserveUnknownFields = true, AtomicMap = true, Builtin = true },
    };

    private readonly Dictionary<string, StructuralSchema> _types = [];

    public StructuralSchema Read(string type)
    {
        if (Special.TryGetValue(type, out var special))
            return special;
        if (_types.TryGetValue(type, out var known))
            return known;

        var definition = BuiltinSchemas.FindDefinition(type)
            ?? throw new InvalidOperationException($"The built-in type {type} is referred to but not described.");
        var node = ReadNode(definition, withProperties: false) with { GoName = string.Join('.', type.Split('.')[^2..]) };
        _types[type] = node;
        AddProperties(node, definition);
        return node;
    }

    private StructuralSchema ReadNode(JsonObject json) => ReadNode(json, withProperties: true);

    private StructuralSchema ReadNode(JsonObject json, bool withProperties)
    {
        if (json.Text("$ref") is { Length: > 0 } reference)
        {
            return Read(reference) with
            {
                Default = json["default"]?.DeepClone(),
                PatchMergeKey = json.Text("x-kubernetes-patch-merge-key"),
                PatchStrategies = json.Text("x-kubernetes-patch-strategy").Split(',', StringSplitOptions.RemoveEmptyEntries),
            };
        }

        var shape = json;
        if (json.ContainsKey("properties"))
        {
            shape = json.DeepClone().AsObject();
            shape.Remove("properties");
        }

        var node = SchemaReader.Read(shape, ReadNode) with
        {
            Builtin = true,
            Properties = [],
            // A type without any fields of its own holds any JSON.
            PreserveUnknownFields = !json.ContainsKey("properties") && !json.ContainsKey("additionalProperties") && json.Text("type") is "" or "object",
        };
        if (withProperties)
            AddProperties(node, json);
        return node;
    }

    private void AddProperties(StructuralSchema node, JsonObject json)
    {
        if (json["properties"] is not JsonObject fields)
            return;
        foreach (var (name, field) in fields)
            node.Properties[name] = ReadNode(field!.AsObject());
    }
}
