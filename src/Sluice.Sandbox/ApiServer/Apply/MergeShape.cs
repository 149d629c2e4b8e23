using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>How a value takes part in a merge.</summary>
internal enum Shape
{
    Scalar,

    /// <summary>A list or object that is owned and replaced as a whole.</summary>
    Atomic,

    Map,

    /// <summary>A list whose items are told apart, by key or by value.</summary>
    List,
}

/// <summary>
/// Reads how values merge from a schema. Where the schema says nothing (unknown fields, or no schema at all) objects merge
/// field by field and lists are atomic.
/// </summary>
internal static class MergeShape
{
    private static readonly StructuralSchema Text = new() { Type = "string" };

    public static Shape Of(StructuralSchema? schema, JsonNode? value) => KindOf(schema, value) switch
    {
        JsonValueKind.Object => schema?.AtomicMap == true ? Shape.Atomic : Shape.Map,
        JsonValueKind.Array => schema is null || schema.ListType == ListType.Atomic ? Shape.Atomic : Shape.List,
        _ => Shape.Scalar,
    };

    /// <summary>The schema of what a path element leads to; null when it is free.</summary>
    public static StructuralSchema? Child(StructuralSchema? schema, string element) =>
        PathElement.IsField(element, out var name) ? Field(schema, name) : schema?.Items;

    public static StructuralSchema? Field(StructuralSchema? schema, string name)
    {
        if (schema is null)
            return null;
        if (schema.IsResource && ResourceField(name) is { } known)
            return known;
        return schema.Properties.TryGetValue(name, out var property) ? property : schema.AdditionalProperties;
    }

    /// <summary>The field is one of a struct, and not the key of a map.</summary>
    public static bool Declares(StructuralSchema? schema, string name) =>
        schema is not null && (schema.Properties.ContainsKey(name) || (schema.IsResource && ResourceField(name) is not null));

    // Every resource has these, whatever its own schema says of them.
    private static StructuralSchema? ResourceField(string name) => name switch
    {
        "metadata" => BuiltinSchemas.ObjectMeta,
        "apiVersion" or "kind" => Text,
        _ => null,
    };

    // A null takes the form that its schema declares; an undeclared one counts as an empty object.
    private static JsonValueKind KindOf(StructuralSchema? schema, JsonNode? value)
    {
        if (value is not null)
            return value.GetValueKind();
        return schema switch
        {
            null => JsonValueKind.Object,
            { IntOrString: true } => JsonValueKind.Null,
            { Type: "object" or "" } => JsonValueKind.Object,
            { Type: "array" } => JsonValueKind.Array,
            _ => JsonValueKind.Null,
        };
    }
}
