using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>A route of the Gateway API, as far as the weights of its backends go.</summary>
[KubernetesEntity(Group = "gateway.networking.k8s.io", ApiVersion = "v1", Kind = "HTTPRoute", PluralName = "httproutes")]
public sealed record V1HTTPRoute : IKubernetesObject<V1HTTPRoute>
{
    public string? ApiVersion { get; init => field = value ?? "gateway.networking.k8s.io/v1"; } = "gateway.networking.k8s.io/v1";

    public string? Kind { get; init => field = value ?? "HTTPRoute"; } = "HTTPRoute";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1HTTPRouteSpec? Spec { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1HTTPRoute WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1HTTPRouteSpec
{
    public IReadOnlyList<V1HTTPRouteRule>? Rules { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1HTTPRouteRule
{
    public IReadOnlyList<V1HTTPBackendRef>? BackendRefs { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1HTTPBackendRef
{
    /// <summary>The core group when null or empty.</summary>
    public string? Group { get; init; }

    /// <summary>Service when null.</summary>
    public string? Kind { get; init; }

    public string? Name { get; init; }

    /// <summary>The route's own when null.</summary>
    public string? Namespace { get; init; }

    public int? Port { get; init; }

    /// <summary>Its share among the weights of the rule; 1 when null, none when 0.</summary>
    public int? Weight { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
