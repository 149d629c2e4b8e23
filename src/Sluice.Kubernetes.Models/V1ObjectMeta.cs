using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>Standard object metadata.</summary>
public sealed record V1ObjectMeta
{
    public string? Name { get; init; }

    public string? GenerateName { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    /// <summary>Opaque: compare for equality only.</summary>
    public string? ResourceVersion { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public long? DeletionGracePeriodSeconds { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyList<V1OwnerReference>? OwnerReferences { get; init; }

    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Fields this record does not name (managedFields among them); they survive a read-modify-write.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    /// <summary>The value of a label, or null.</summary>
    public string? Label(string key) => Labels is not null && Labels.TryGetValue(key, out var value) ? value : null;

    /// <summary>The value of an annotation, or null.</summary>
    public string? Annotation(string key) => Annotations is not null && Annotations.TryGetValue(key, out var value) ? value : null;

    /// <summary>The owner that controls the object, or null.</summary>
    public V1OwnerReference? ControllerOwner() => OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);

    public bool HasFinalizer(string finalizer) => Finalizers?.Contains(finalizer) == true;
}

public sealed record V1OwnerReference
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public bool? Controller { get; init; }

    public bool? BlockOwnerDeletion { get; init; }

    /// <summary>The reference of an object to the one that controls it, and whose deletion in the foreground waits for it.</summary>
    /// <param name="apiVersion">Of the owner.</param>
    /// <param name="kind">Of the owner.</param>
    /// <param name="owner">The owner's metadata.</param>
    public static V1OwnerReference ToController(string apiVersion, string kind, V1ObjectMeta owner) => new()
    {
        ApiVersion = apiVersion,
        Kind = kind,
        Name = owner.Name ?? "",
        Uid = owner.Uid ?? "",
        Controller = true,
        BlockOwnerDeletion = true,
    };

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

/// <summary>One observation of a resource's state (KEP-1623).</summary>
public sealed record V1Condition
{
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    public required string Status { get; init; }

    public long? ObservedGeneration { get; init; }

    /// <summary>When <see cref="Status"/> last changed; null where a kind does not report it.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>A CamelCase word for machines.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1LabelSelector
{
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    public IReadOnlyList<V1LabelSelectorRequirement>? MatchExpressions { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1LabelSelectorRequirement
{
    public required string Key { get; init; }

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    public required string Operator { get; init; }

    public IReadOnlyList<string>? Values { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1ListMeta
{
    public string? ResourceVersion { get; init; }

    public string? Continue { get; init; }

    public long? RemainingItemCount { get; init; }
}

/// <summary>A list of one kind as the API returns it.</summary>
public sealed record KubernetesList<T>
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public V1ListMeta Metadata { get; init => field = value ?? new(); } = new();

    public IReadOnlyList<T> Items { get; init => field = value ?? []; } = [];
}
