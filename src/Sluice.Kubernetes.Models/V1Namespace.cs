using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

[KubernetesEntity(ApiVersion = "v1", Kind = "Namespace", PluralName = "namespaces", Namespaced = false)]
public sealed record V1Namespace : IKubernetesObject<V1Namespace>
{
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    public string? Kind { get; init => field = value ?? "Namespace"; } = "Namespace";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1NamespaceSpec? Spec { get; init; }

    public V1NamespaceStatus? Status { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Namespace WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1NamespaceSpec
{
    public IReadOnlyList<string>? Finalizers { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1NamespaceStatus
{
    /// <summary>Active or Terminating.</summary>
    public string? Phase { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

[KubernetesEntity(ApiVersion = "v1", Kind = "ServiceAccount", PluralName = "serviceaccounts")]
public sealed record V1ServiceAccount : IKubernetesObject<V1ServiceAccount>
{
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    public string? Kind { get; init => field = value ?? "ServiceAccount"; } = "ServiceAccount";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1ServiceAccount WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}
