using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>A DestinationRule of Istio, as far as the labels of its subsets go.</summary>
[KubernetesEntity(Group = "networking.istio.io", ApiVersion = "v1beta1", Kind = "DestinationRule", PluralName = "destinationrules")]
public sealed record V1Beta1DestinationRule : IKubernetesObject<V1Beta1DestinationRule>
{
    public string? ApiVersion { get; init => field = value ?? "networking.istio.io/v1beta1"; } = "networking.istio.io/v1beta1";

    public string? Kind { get; init => field = value ?? "DestinationRule"; } = "DestinationRule";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1Beta1DestinationRuleSpec? Spec { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Beta1DestinationRule WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1Beta1DestinationRuleSpec
{
    /// <summary>A Service, by its name or by its name in the cluster's DNS.</summary>
    public string? Host { get; init; }

    public IReadOnlyList<V1Beta1Subset>? Subsets { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1Beta1Subset
{
    public string? Name { get; init; }

    /// <summary>Of the Service's pods those that have all of these; all of its pods where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
