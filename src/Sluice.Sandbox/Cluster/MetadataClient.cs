using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

/// <summary>An object of any kind, known by its metadata.</summary>
internal sealed record ObjectMetadata(KubernetesResource Resource, V1ObjectMeta Metadata)
{
    public string Path => "/" + Resource.Object(Metadata.Namespace, Metadata.Name);
}

/// <summary>Reads, deletes and patches objects of any kind by their metadata.</summary>
internal sealed class MetadataClient(IRawApi api)
{
    private const string One = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string Many = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    public async Task<ObjectMetadata?> GetAsync(KubernetesResource resource, string? ns, string name, CancellationToken ct)
    {
        try
        {
            var found = await api.SendAsync(RawRequest.Get("/" + resource.Object(ns, name)) with { Accept = One }, ct);
            return found is null ? null : new ObjectMetadata(resource, Read(found));
        }
        catch (KubernetesException missing) when (missing.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>The objects of one namespace, or of all when it is null; none when the kind is not served any more.</summary>
    public async Task<IReadOnlyList<ObjectMetadata>> ListAsync(KubernetesResource resource, string? ns, CancellationToken ct)
    {
        var found = new List<ObjectMetadata>();
        string? next = null;
        do
        {
            var page = await PageAsync(resource, ns, next, ct);
            found.AddRange((page?["items"] as JsonArray ?? []).OfType<JsonObject>().Select(item => new ObjectMetadata(resource, Read(item))));
            next = (string?)page?["metadata"]?["continue"];
        }
        while (!string.IsNullOrEmpty(next));
        return found;
    }

    /// <summary>Deletes the object as it was seen; one that is gone already is fine.</summary>
    public async Task DeleteAsync(ObjectMetadata item, string propagationPolicy, CancellationToken ct)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = propagationPolicy,

            // Of the state that was judged: an owner may have let it go since.
            ["preconditions"] = new JsonObject { ["uid"] = item.Metadata.Uid, ["resourceVersion"] = item.Metadata.ResourceVersion },
        };
        try
        {
            await api.SendAsync(JsonBody.Request(HttpMethod.Delete, item.Path, options), ct);
        }
        catch (KubernetesException gone) when (gone.IsNotFound)
        {
            // Somebody else was faster.
        }
    }

    public async Task PatchAsync(ObjectMetadata item, KubernetesPatch patch, CancellationToken ct)
    {
        try
        {
            await api.SendAsync(new RawRequest(HttpMethod.Patch, item.Path) { Body = patch.Body, MediaType = "application/merge-patch+json" }, ct);
        }
        catch (KubernetesException gone) when (gone.IsNotFound)
        {
            // Nothing is left to change.
        }
    }

    private async Task<JsonObject?> PageAsync(KubernetesResource resource, string? ns, string? next, CancellationToken ct)
    {
        var query = next is null ? "?limit=500" : $"?limit=500&continue={Uri.EscapeDataString(next)}";
        try
        {
            return await api.SendAsync(RawRequest.Get($"/{resource.Collection(ns)}{query}") with { Accept = Many }, ct);
        }
        catch (KubernetesException missing) when (missing.Code is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.MethodNotAllowed)
        {
            return null;
        }
    }

    private static V1ObjectMeta Read(JsonObject item) => item["metadata"].Deserialize(ModelsJsonContext.Default.V1ObjectMeta) ?? new V1ObjectMeta();
}
