using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;

namespace Sluice.Sandbox.Cluster;

/// <summary>Requests by path, for what typed access does not reach.</summary>
public interface IRawApi
{
    /// <summary>See <see cref="RawRequests.SendRawAsync"/>.</summary>
    Task<JsonObject?> SendAsync(RawRequest request, CancellationToken ct);
}

/// <summary>By way of the typed client.</summary>
public sealed class RawApi(KubernetesClient client) : IRawApi
{
    public Task<JsonObject?> SendAsync(RawRequest request, CancellationToken ct) => client.SendRawAsync(request, ct);
}
