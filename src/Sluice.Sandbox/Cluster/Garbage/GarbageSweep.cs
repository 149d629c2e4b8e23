using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>
/// Looks through the kinds that the collector does not watch, at intervals: dependents and owners among them, whatever the kind at the
/// other end. Reads metadata only.
/// </summary>
internal sealed class GarbageSweep(
    ClusterLifePorts ports, IReadOnlyList<CollectedKind> watched, GarbageCollector collector, ResourceCatalog catalog, TimeSpan interval) : IReconciler
{
    public static readonly NamespacedName Key = new("", "sweep");

    private readonly MetadataClient _client = new(ports.Api);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var found = new List<ObjectMetadata>();
        foreach (var resource in await catalog.ReadAsync(ct))
        {
            if (!IsWatched(resource) && resource.Kind != "Event") found.AddRange(await _client.ListAsync(resource, null, ct));
        }

        var known = collector.Cached().ToList();
        var byOwner = Owned([.. found, .. known]).ToLookup(pair => pair.OwnerUid, pair => pair.Item);
        var concerned = found.Concat(known.Where(item => item.Metadata.OwnerReferences!.Any(owner => !IsWatched(owner))));
        foreach (var item in concerned) await collector.TendAsync(item, owner => [.. byOwner[owner.Metadata.Uid ?? ""]], ct);
        return ReconcileResult.After(interval);
    }

    private bool IsWatched(KubernetesResource resource) =>
        watched.Any(kind => kind.Resource.Kind == resource.Kind && kind.Resource.Group == resource.Group);

    private bool IsWatched(V1OwnerReference owner) =>
        watched.Any(kind => kind.Resource.Kind == owner.Kind && kind.Resource.Group == ResourceCatalog.GroupOf(owner.ApiVersion));

    private static IEnumerable<(string OwnerUid, ObjectMetadata Item)> Owned(IEnumerable<ObjectMetadata> items) =>
        items.SelectMany(item => (item.Metadata.OwnerReferences ?? []).Select(owner => (owner.Uid, item)));
}
