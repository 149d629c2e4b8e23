using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>A VirtualService of Istio, as far as the weights of its HTTP routes go.</summary>
[KubernetesEntity(Group = "networking.istio.io", ApiVersion = "v1beta1", Kind = "VirtualService", PluralName = "virtualservices")]
public sealed record V1Beta1VirtualService : IKubernetesObject<V1Beta1VirtualService>
{
    public string? ApiVersion { get; init => field = value ?? "networking.istio.io/v1beta1"; } = "networking.istio.io/v1beta1";

    public string? Kind { get; init => field = value ?? "VirtualService"; } = "VirtualService";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1Beta1VirtualServiceSpec? Spec { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Beta1VirtualService WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1Beta1VirtualServiceSpec
{
    /// <summary>The first that matches a request takes it.</summary>
    public IReadOnlyList<V1Beta1HTTPRoute>? Http { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1Beta1HTTPRoute
{
    public string? Name { get; init; }

    public IReadOnlyList<V1Beta1HTTPRouteDestination>? Route { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1Beta1HTTPRouteDestination
{
    public V1Beta1Destination? Destination { get; init; }

    /// <summary>Percent; of several destinations one without it gets nothing.</summary>
    public int? Weight { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1Beta1Destination
{
    /// <summary>A Service, by its name or by its name in the cluster's DNS.</summary>
    public string? Host { get; init; }

    /// <summary>One of those that a DestinationRule makes of the host's pods; null for all of them.</summary>
    public string? Subset { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
