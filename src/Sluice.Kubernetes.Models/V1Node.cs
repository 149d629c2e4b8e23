using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

[KubernetesEntity(ApiVersion = "v1", Kind = "Node", PluralName = "nodes", Namespaced = false)]
public sealed record V1Node : IKubernetesObject<V1Node>
{
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    public string? Kind { get; init => field = value ?? "Node"; } = "Node";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    public V1NodeSpec? Spec { get; init; }

    public V1NodeStatus? Status { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1Node WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1NodeSpec
{
    public string? PodCIDR { get; init; }

    public bool? Unschedulable { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1NodeStatus
{
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }

    public IReadOnlyDictionary<string, string>? Allocatable { get; init; }

    public IReadOnlyList<V1NodeCondition>? Conditions { get; init; }

    public IReadOnlyList<V1NodeAddress>? Addresses { get; init; }

    public V1NodeSystemInfo? NodeInfo { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1NodeCondition
{
    public required string Type { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset? LastHeartbeatTime { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1NodeAddress
{
    /// <summary>InternalIP, ExternalIP or Hostname.</summary>
    public required string Type { get; init; }

    public required string Address { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

/// <summary>Every field is required by the API.</summary>
public sealed record V1NodeSystemInfo
{
    public required string MachineID { get; init; }

    public required string SystemUUID { get; init; }

    public required string BootID { get; init; }

    public required string KernelVersion { get; init; }

    public required string OsImage { get; init; }

    public required string ContainerRuntimeVersion { get; init; }

    public required string KubeletVersion { get; init; }

    public required string KubeProxyVersion { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Architecture { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
