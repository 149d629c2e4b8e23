using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>HTTP routes from outside the cluster to Services.</summary>
[KubernetesEntity(Group = "networking.k8s.io", ApiVersion = "v1", Kind = "Ingress", PluralName = "ingresses")]
public sealed record V1Ingress : IKubernetesObject<V1Ingress>
{
    public string? ApiVersion { get; init => field = value ?? "networking.k8s.io/v1"; } = "networking.k8s.io/v1";

    public string? Kind { get; init => field = value ?? "Ingress"; } = "Ingress";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1IngressSpec? Spec { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Ingress WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1IngressSpec
{
    public string? IngressClassName { get; init; }

    /// <summary>For requests that no rule is for.</summary>
    public V1IngressBackend? DefaultBackend { get; init; }

    public IReadOnlyList<V1IngressRule>? Rules { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1IngressRule
{
    public string? Host { get; init; }

    public V1HTTPIngressRuleValue? Http { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1HTTPIngressRuleValue
{
    public IReadOnlyList<V1HTTPIngressPath>? Paths { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1HTTPIngressPath
{
    public string? Path { get; init; }

    public string? PathType { get; init; }

    public V1IngressBackend? Backend { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1IngressBackend
{
    public V1IngressServiceBackend? Service { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1IngressServiceBackend
{
    public string? Name { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
