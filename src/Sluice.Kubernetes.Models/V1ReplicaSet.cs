using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "ReplicaSet", PluralName = "replicasets")]
public sealed record V1ReplicaSet : IKubernetesObject<V1ReplicaSet>
{
    public string? ApiVersion { get; init => field = value ?? "apps/v1"; } = "apps/v1";

    public string? Kind { get; init => field = value ?? "ReplicaSet"; } = "ReplicaSet";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1ReplicaSetSpec? Spec { get; init; }

    public V1ReplicaSetStatus? Status { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1ReplicaSet WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1ReplicaSetSpec
{
    public int? Replicas { get; init; }

    /// <summary>Seconds a pod must stay ready before it counts as available.</summary>
    public int? MinReadySeconds { get; init; }

    public V1LabelSelector? Selector { get; init; }

    public V1PodTemplateSpec? Template { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1ReplicaSetStatus
{
    public int Replicas { get; init; }

    public int? FullyLabeledReplicas { get; init; }

    public int? ReadyReplicas { get; init; }

    public int? AvailableReplicas { get; init; }

    public int? TerminatingReplicas { get; init; }

    public long? ObservedGeneration { get; init; }

    public IReadOnlyList<V1Condition>? Conditions { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
