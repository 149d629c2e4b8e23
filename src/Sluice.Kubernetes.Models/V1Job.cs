using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "Job", PluralName = "jobs")]
public sealed record V1Job : IKubernetesObject<V1Job>
{
    public string? ApiVersion { get; init => field = value ?? "batch/v1"; } = "batch/v1";

    public string? Kind { get; init => field = value ?? "Job"; } = "Job";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1JobSpec? Spec { get; init; }

    public V1JobStatus? Status { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Job WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1JobSpec
{
    public int? Parallelism { get; init; }

    public int? Completions { get; init; }

    public int? BackoffLimit { get; init; }

    /// <summary>Seconds after which the Job is terminated and marked Failed with reason DeadlineExceeded.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>TerminatingOrFailed or Failed.</summary>
    public string? PodReplacementPolicy { get; init; }

    public int? TtlSecondsAfterFinished { get; init; }

    public bool? Suspend { get; init; }

    public bool? ManualSelector { get; init; }

    public V1LabelSelector? Selector { get; init; }

    public V1PodTemplateSpec? Template { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1JobStatus
{
    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? CompletionTime { get; init; }

    public int? Active { get; init; }

    public int? Ready { get; init; }

    public int? Succeeded { get; init; }

    public int? Failed { get; init; }

    public int? Terminating { get; init; }

    public V1UncountedTerminatedPods? UncountedTerminatedPods { get; init; }

    public IReadOnlyList<V1PodCondition>? Conditions { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

/// <summary>UIDs of pods that ended and still carry the tracking finalizer: they are not in the counters yet.</summary>
public sealed record V1UncountedTerminatedPods
{
    public IReadOnlyList<string>? Succeeded { get; init; }

    public IReadOnlyList<string>? Failed { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
