using System.Text.Json.Nodes;
using Sluice.CrdGenerator;

namespace Sluice.Api.Tests.Crd;

/// <summary>One field of a generated schema, with the path that leads to it.</summary>
internal sealed record SchemaNode(string Path, JsonObject Schema)
{
    /// <summary>The root of every generated CRD's schema.</summary>
    public static IEnumerable<SchemaNode> Roots() =>
        from kind in CrdFiles.Kinds
        let definition = Manifest.Parse(Yaml.Write(CustomResourceDefinition.Of(kind).Content))
        select new SchemaNode(kind.Name, definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject());

    /// <summary>Every field of every CRD, the roots included.</summary>
    public static IEnumerable<SchemaNode> All() => Roots().SelectMany(root => root.Descendants());

    public string? Type => (string?)Schema["type"];

    public bool Has(string keyword) => Schema.ContainsKey(keyword);

    private IEnumerable<SchemaNode> Descendants() => Children().SelectMany(child => child.Descendants()).Prepend(this);

    public IEnumerable<SchemaNode> Children()
    {
        foreach (var (name, field) in Schema["properties"]?.AsObject() ?? [])
            yield return new SchemaNode($"{Path}.{name}", field!.AsObject());
        if (Schema["items"] is JsonObject items)
            yield return new SchemaNode(Path + "[]", items);
        if (Schema["additionalProperties"] is JsonObject values)
            yield return new SchemaNode(Path + "{}", values);
    }
}
