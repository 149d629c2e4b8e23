using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Kubernetes.Client;

/// <summary>Requests by path, for subresources without a record, discovery, and kinds that are known only at run time.</summary>
public static class RawRequests
{
    /// <summary>Sends one request like any other of the client's: same identity, deadline, retries and errors.</summary>
    /// <param name="client">Who sends.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <returns>The answer; null where it is not a JSON object.</returns>
    /// <exception cref="KubernetesException">The server refused, or no answer came.</exception>
    public static Task<JsonObject?> SendRawAsync(this KubernetesClient client, RawRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(client);
        var sent = new ApiRequest(request.Method, request.Path.TrimStart('/'))
        {
            Body = request.Body,
            MediaType = request.MediaType,
            Accept = request.Accept,
        };
        return client.Transport.CallAsync(sent, client.Options.RequestTimeout, ReadAsync, ct);
    }

    private static async Task<JsonObject?> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json") return null;
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        return await JsonNode.ParseAsync(body, documentOptions: new JsonDocumentOptions { MaxDepth = 256 }, cancellationToken: ct) as JsonObject;
    }
}

/// <summary>One request; <c>Path</c> is absolute, with its query, percent-encoded.</summary>
public sealed record RawRequest(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string MediaType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    public static RawRequest Get(string path) => new(HttpMethod.Get, path);
}
