using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

[KubernetesEntity(Group = "autoscaling", ApiVersion = "v2", Kind = "HorizontalPodAutoscaler", PluralName = "horizontalpodautoscalers")]
public sealed record V2HorizontalPodAutoscaler : IKubernetesObject<V2HorizontalPodAutoscaler>
{
    public string? ApiVersion { get; init => field = value ?? "autoscaling/v2"; } = "autoscaling/v2";

    public string? Kind { get; init => field = value ?? "HorizontalPodAutoscaler"; } = "HorizontalPodAutoscaler";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V2HorizontalPodAutoscalerSpec? Spec { get; init; }

    public V2HorizontalPodAutoscalerStatus? Status { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V2HorizontalPodAutoscaler WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V2HorizontalPodAutoscalerSpec
{
    public V2CrossVersionObjectReference? ScaleTargetRef { get; init; }

    /// <summary>1 where it is null.</summary>
    public int? MinReplicas { get; init; }

    public int MaxReplicas { get; init; }

    public IReadOnlyList<V2MetricSpec>? Metrics { get; init; }

    public V2HorizontalPodAutoscalerBehavior? Behavior { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2CrossVersionObjectReference
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Name { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2MetricSpec
{
    /// <summary>Resource, Pods, Object, External or ContainerResource.</summary>
    public string? Type { get; init; }

    public V2ResourceMetricSource? Resource { get; init; }

    public V2PodsMetricSource? Pods { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2ResourceMetricSource
{
    /// <summary>cpu or memory.</summary>
    public string? Name { get; init; }

    public V2MetricTarget? Target { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2PodsMetricSource
{
    public V2MetricIdentifier? Metric { get; init; }

    public V2MetricTarget? Target { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2MetricIdentifier
{
    public string? Name { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2MetricTarget
{
    /// <summary>Utilization, AverageValue or Value.</summary>
    public string? Type { get; init; }

    /// <summary>Percent of what the pods' containers request.</summary>
    public int? AverageUtilization { get; init; }

    /// <summary>A quantity for each pod.</summary>
    public string? AverageValue { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2HorizontalPodAutoscalerBehavior
{
    public V2HPAScalingRules? ScaleUp { get; init; }

    public V2HPAScalingRules? ScaleDown { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2HPAScalingRules
{
    /// <summary>For how long what was recommended still counts; 0 up and 300 down where it is null.</summary>
    public int? StabilizationWindowSeconds { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2HorizontalPodAutoscalerStatus
{
    public long? ObservedGeneration { get; init; }

    public DateTimeOffset? LastScaleTime { get; init; }

    public int? CurrentReplicas { get; init; }

    public int DesiredReplicas { get; init; }

    public IReadOnlyList<V2MetricStatus>? CurrentMetrics { get; init; }

    public IReadOnlyList<V1Condition>? Conditions { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2MetricStatus
{
    public string? Type { get; init; }

    public V2ResourceMetricStatus? Resource { get; init; }

    public V2PodsMetricStatus? Pods { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2ResourceMetricStatus
{
    public string? Name { get; init; }

    public V2MetricValueStatus? Current { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2PodsMetricStatus
{
    public V2MetricIdentifier? Metric { get; init; }

    public V2MetricValueStatus? Current { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V2MetricValueStatus
{
    public int? AverageUtilization { get; init; }

    public string? AverageValue { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
