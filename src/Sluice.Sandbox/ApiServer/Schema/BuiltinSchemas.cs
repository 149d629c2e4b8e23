using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>The schemas of the kinds that Kubernetes itself defines.</summary>
internal static class BuiltinSchemas
{
    private const string ObjectMetaType = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private static readonly Lazy<JsonObject> Facts = new(ReadFacts);
    private static readonly ConcurrentDictionary<string, StructuralSchema> Kinds = new();
    private static readonly ConcurrentDictionary<string, StructuralSchema> Types = new();

    /// <summary>The schema of <c>metadata</c>, the same for every kind.</summary>
    public static StructuralSchema ObjectMeta => OfType(ObjectMetaType);

    /// <summary>The schema of a built-in kind; null when the kind is not one of those known.</summary>
    /// <param name="group">The API group; empty for core.</param>
    /// <param name="version">The version, such as <c>v1</c>.</param>
    /// <param name="kind">The kind, such as <c>Deployment</c>.</param>
    public static StructuralSchema? Find(string group, string version, string kind) =>
        FindType(group, version, kind) is { } type ? OfKind(type) : null;

    /// <summary>The name of a built-in kind's type in OpenAPI documents; null when the kind is not one of those known.</summary>
    public static string? FindType(string group, string version, string kind)
    {
        var apiVersion = group.Length == 0 ? version : $"{group}/{version}";
        return Facts.Value["kinds"]![$"{apiVersion}/{kind}"]?.GetValue<string>();
    }

    /// <summary>The OpenAPI form of a type, whose <c>$ref</c>s are plain type names; null when the type is unknown. Not to be changed.</summary>
    public static JsonObject? FindDefinition(string type) => Facts.Value["types"]![type] as JsonObject;

    private static StructuralSchema OfKind(string type) =>
        Kinds.GetOrAdd(type, static name => OfType(name) with { IsResource = true });

    private static StructuralSchema OfType(string type) => Types.GetOrAdd(type, static name => new BuiltinSchemaReader().Read(name));

    private static JsonObject ReadFacts()
    {
        using var stream = typeof(BuiltinSchemas).Assembly.GetManifestResourceStream("builtin-schemas.json")
            ?? throw new InvalidOperationException("The resource builtin-schemas.json is missing from the assembly.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
