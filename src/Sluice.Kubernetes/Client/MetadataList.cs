using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>A <c>PartialObjectMetadataList</c>, of whose items only names and versions are read.</summary>
internal sealed record MetadataList : IListPage
{
    public const string MediaType = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    public string? Kind { get; init; }

    public V1ListMeta? Metadata { get; init; }

    public IReadOnlyList<MetadataItem>? Items { get; init; }

    /// <summary>False when the server ignored the wish and sent whole objects.</summary>
    public bool IsHonoured => Kind == "PartialObjectMetadataList";
}

internal sealed record MetadataItem(NamedVersion? Metadata);

/// <summary>Which object, and its state.</summary>
internal sealed record NamedVersion(string? Namespace, string? Name, string? ResourceVersion)
{
    public NamespacedName Key => new(Namespace ?? "", Name ?? "");
}
