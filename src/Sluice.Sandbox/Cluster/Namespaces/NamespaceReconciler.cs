using System.Net;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Namespaces;

/// <summary>Empties a namespace that is being deleted, of every kind that is served, and then lets it go.</summary>
internal sealed class NamespaceReconciler(ClusterLifePorts ports, ResourceCatalog catalog) : IReconciler
{
    private const string Finalizer = "kubernetes";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly MetadataClient _client = new(ports.Api);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1Namespace>(key) is { Metadata.DeletionTimestamp: null }) return ReconcileResult.Success;
        var live = await ports.Reader.GetLiveAsync<V1Namespace>(key, ct);
        if (live is { Metadata.DeletionTimestamp: null }) return ReconcileResult.Success;
        if (await DeleteContentsAsync(key.Name, ct) > 0) return ReconcileResult.After(LookAgain);

        // An API server without namespace life cycle has removed the namespace at once: its contents were all there was to do.
        if (live is not null) await FinalizeAsync(live, ct);
        return ReconcileResult.Success;
    }

    /// <summary>Deletes all that is not being deleted yet; returns how many objects are left.</summary>
    private async Task<int> DeleteContentsAsync(string ns, CancellationToken ct)
    {
        var left = 0;
        foreach (var resource in (await catalog.ReadAsync(ct)).Where(resource => resource.Namespaced))
        {
            foreach (var item in await _client.ListAsync(resource, ns, ct))
            {
                left++;
                if (item.Metadata.DeletionTimestamp is null) await _client.DeleteAsync(item, "Background", ct);
            }
        }

        return left;
    }

    private async Task FinalizeAsync(V1Namespace live, CancellationToken ct)
    {
        var rest = (live.Spec?.Finalizers ?? []).Where(finalizer => finalizer != Finalizer);
        var request = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = live.Metadata.Name, ["uid"] = live.Metadata.Uid, ["resourceVersion"] = live.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["finalizers"] = JsonBody.Array(rest) },
        };
        try
        {
            await ports.Api.SendAsync(JsonBody.Request(HttpMethod.Put, $"/api/v1/namespaces/{live.Metadata.Name}/finalize", request), ct);
        }
        catch (KubernetesException missing) when (missing.Code is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.MethodNotAllowed)
        {
            // Either it is gone, or the server has no finalizers of namespaces to wait for.
        }
    }
}
