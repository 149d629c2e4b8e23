using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;

namespace Sluice.Sandbox.Cluster;

/// <summary>Requests by path, for what typed access does not reach: subresources without a record, discovery, kinds known only at run time.</summary>
public interface IRawApi
{
    /// <summary>Sends one request and reads its JSON answer; null where the answer is not a JSON object.</summary>
    /// <exception cref="KubernetesException">The server refused, or no answer came.</exception>
    Task<JsonObject?> SendAsync(RawRequest request, CancellationToken ct);
}

/// <summary>One request; <c>Path</c> is absolute, with its query, percent-encoded.</summary>
public sealed record RawRequest(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    public static RawRequest Get(string path) => new(HttpMethod.Get, path);

    public static RawRequest Send(HttpMethod method, string path, JsonObject body) => new(method, path) { Body = JsonBody.Of(body) };
}
