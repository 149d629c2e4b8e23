using System.ComponentModel;
using System.Reflection;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.CrdGenerator;

/// <summary>The CustomResourceDefinition of one record and the name of its file.</summary>
internal sealed record CustomResourceDefinition(string FileName, YamlMap Content)
{
    public static CustomResourceDefinition Of(Type kind)
    {
        var entity = kind.GetCustomAttribute<KubernetesEntityAttribute>() ?? throw new InvalidOperationException($"{kind} lacks [KubernetesEntity]");
        var content = new YamlMap
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new YamlMap { ["name"] = $"{entity.PluralName}.{entity.Group}" },
            ["spec"] = new YamlMap
            {
                ["group"] = entity.Group,
                ["names"] = Names(kind, entity),
                ["scope"] = entity.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new List<YamlMap> { Version(kind, entity) },
            },
        };
        return new CustomResourceDefinition($"{entity.Group}_{entity.PluralName}.yaml", content);
    }

    private static YamlMap Names(Type kind, KubernetesEntityAttribute entity)
    {
        var names = kind.GetCustomAttribute<ResourceNamesAttribute>();
        return new YamlMap()
            .With("categories", Split(names?.Categories))
            .With("kind", entity.Kind)
            .With("listKind", entity.Kind + "List")
            .With("plural", entity.PluralName)
            .With("shortNames", Split(names?.ShortNames))
            .With("singular", entity.Kind.ToLowerInvariant());
    }

    private static List<string>? Split(string? names) => string.IsNullOrEmpty(names) ? null : [.. names.Split(',')];

    private static YamlMap Version(Type kind, KubernetesEntityAttribute entity)
    {
        var selectable = kind.GetCustomAttributes<SelectableFieldAttribute>().Select(field => new YamlMap { ["jsonPath"] = field.JsonPath }).ToList();
        return new YamlMap { ["name"] = entity.ApiVersion, ["served"] = true, ["storage"] = true }
            .With("additionalPrinterColumns", kind.GetCustomAttributes<PrinterColumnAttribute>().Select(Column).ToList())
            .With("selectableFields", selectable.Count == 0 ? null : selectable)
            .With("subresources", Subresources(kind))
            .With("schema", new YamlMap { ["openAPIV3Schema"] = Root(kind) });
    }

    private static YamlMap Column(PrinterColumnAttribute column) =>
        new YamlMap { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath, ["description"] = column.Description }
            .With("priority", column.Wide ? 1 : null);

    private static YamlMap? Subresources(Type kind)
    {
        if (kind.GetProperty("Status") is null) return null;

        var scale = kind.GetCustomAttribute<ScaleSubresourceAttribute>();
        return new YamlMap { ["status"] = new YamlMap() }.With("scale", scale is null ? null : new YamlMap
        {
            ["specReplicasPath"] = scale.SpecReplicasPath,
            ["statusReplicasPath"] = scale.StatusReplicasPath,
            ["labelSelectorPath"] = scale.LabelSelectorPath,
        });
    }

    private static YamlMap Root(Type kind)
    {
        var properties = new YamlMap
        {
            ["apiVersion"] = Text("The version of the schema that this object is written in."),
            ["kind"] = Text("The kind of this object."),
            ["metadata"] = new YamlMap { ["type"] = "object" },
        };
        Add("Spec");
        Add("Status");
        return new YamlMap()
            .With("description", kind.GetCustomAttribute<DescriptionAttribute>()?.Description)
            .With("type", "object")
            .With("required", new List<string> { "spec" })
            .With("properties", properties)
            .With("x-kubernetes-validations", SchemaBuilder.Rules(kind));

        void Add(string name)
        {
            if (kind.GetProperty(name) is { } property) properties.Add(SchemaBuilder.JsonName(property), SchemaBuilder.OfProperty(property));
        }
    }

    private static YamlMap Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
