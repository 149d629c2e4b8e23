using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Kubernetes.Models;

/// <summary>Where a Service's traffic goes.</summary>
[KubernetesEntity(Group = "discovery.k8s.io", ApiVersion = "v1", Kind = "EndpointSlice", PluralName = "endpointslices")]
public sealed record V1EndpointSlice : IKubernetesObject<V1EndpointSlice>
{
    public string? ApiVersion { get; init => field = value ?? "discovery.k8s.io/v1"; } = "discovery.k8s.io/v1";

    public string? Kind { get; init => field = value ?? "EndpointSlice"; } = "EndpointSlice";

    public V1ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string? AddressType { get; init; }

    public IReadOnlyList<V1Endpoint>? Endpoints { get; init; }

    public IReadOnlyList<V1EndpointPort>? Ports { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }

    public V1EndpointSlice WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}

public sealed record V1Endpoint
{
    public IReadOnlyList<string> Addresses { get; init => field = value ?? []; } = [];

    public V1EndpointConditions? Conditions { get; init; }

    public V1ObjectReference? TargetRef { get; init; }

    public string? NodeName { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1EndpointConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}

public sealed record V1EndpointPort
{
    public string? Name { get; init; }

    public string? Protocol { get; init; }

    public int? Port { get; init; }

    public string? AppProtocol { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtensionData { get; set; }
}
