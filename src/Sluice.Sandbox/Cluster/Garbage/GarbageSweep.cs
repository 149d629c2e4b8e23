using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>
/// Looks through the kinds that the collector does not watch, at intervals: dependents among them, and deletions of theirs that wait for
/// dependents. Reads metadata only.
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

        var byOwner = Swept(found).ToLookup(pair => pair.OwnerUid, pair => pair.Item);
        foreach (var item in found) await collector.TendAsync(item, owner => [.. byOwner[owner.Metadata.Uid ?? ""]], ct);
        return ReconcileResult.After(interval);
    }

    private bool IsWatched(Kubernetes.Client.KubernetesResource resource) =>
        watched.Any(kind => kind.Resource.Kind == resource.Kind && kind.Resource.Group == resource.Group);

    private static IEnumerable<(string OwnerUid, ObjectMetadata Item)> Swept(IEnumerable<ObjectMetadata> items) =>
        items.SelectMany(item => (item.Metadata.OwnerReferences ?? []).Select(owner => (owner.Uid, item)));
}
