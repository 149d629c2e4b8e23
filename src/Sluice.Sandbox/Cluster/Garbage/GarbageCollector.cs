using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>
/// Ownership by UID. Dependents whose owners are all gone are deleted; a deletion in the foreground waits for its blocking dependents,
/// one that orphans lets them go first. Owners of kinds that are not watched are found by discovery.
/// </summary>
internal sealed class GarbageCollector(ClusterLifePorts ports, IReadOnlyList<CollectedKind> kinds, ResourceCatalog catalog) : IReconciler
{
    private readonly MetadataClient _client = new(ports.Api);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (GarbageKey.Parse(key) is not { } parsed) return ReconcileResult.Success;
        var kind = kinds.FirstOrDefault(kind => kind.Resource.Kind == parsed.Kind && kind.Resource.Group == parsed.Group);
        if (kind is null) return ReconcileResult.Success;
        if (parsed.Uid.Length > 0)
        {
            foreach (var dependent in CachedIn(parsed.Namespace).Where(item => IsOwned(item.Metadata, parsed.Uid)).ToList()) await ReleaseOrDeleteAsync(dependent, Dependents, ct);
        }
        else if (kind.Get(ports.Reader, new NamespacedName(parsed.Namespace, parsed.Name)) is { } metadata)
        {
            await TendAsync(new ObjectMetadata(kind.Resource, metadata), Dependents, ct);
        }
        else
        {
            foreach (var dependent in DependentsOf(parsed)) await ReleaseOrDeleteAsync(dependent, Dependents, ct);
        }

        return ReconcileResult.Success;
    }

    /// <summary>Does for one object what its deletion and its owners ask for; <paramref name="dependents"/> knows who depends on an object.</summary>
    public async Task TendAsync(ObjectMetadata item, Func<ObjectMetadata, IReadOnlyList<ObjectMetadata>> dependents, CancellationToken ct)
    {
        var finalizers = item.Metadata.Finalizers ?? [];
        if (item.Metadata.DeletionTimestamp is null) await ReleaseOrDeleteAsync(item, dependents, ct);
        else if (finalizers.Contains(WellKnown.OrphanDependents)) await OrphanAsync(item, dependents(item), ct);
        else if (finalizers.Contains(WellKnown.ForegroundDeletion)) await DeleteDependentsFirstAsync(item, dependents, ct);
    }

    /// <summary>All objects of watched kinds that somebody owns.</summary>
    public IEnumerable<ObjectMetadata> Cached() => kinds
        .SelectMany(kind => kind.List(ports.Reader, "").Select(metadata => new ObjectMetadata(kind.Resource, metadata)))
        .Where(item => item.Metadata.OwnerReferences?.Count > 0);

    private async Task OrphanAsync(ObjectMetadata owner, IReadOnlyList<ObjectMetadata> dependents, CancellationToken ct)
    {
        foreach (var dependent in await ConfirmAsync(owner, dependents, ct))
        {
            var others = dependent.Metadata.OwnerReferences!.Where(reference => reference.Uid != owner.Metadata.Uid);
            await _client.PatchAsync(dependent, JsonBody.OwnerReferences(dependent.Metadata, others), ct);
        }

        await RemoveFinalizerAsync(owner, WellKnown.OrphanDependents, ct);
    }

    private async Task DeleteDependentsFirstAsync(ObjectMetadata owner, Func<ObjectMetadata, IReadOnlyList<ObjectMetadata>> dependents, CancellationToken ct)
    {
        var left = await ConfirmAsync(owner, dependents(owner), ct);
        if (left.All(dependent => !IsBlocking(dependent, owner)))
        {
            await RemoveFinalizerAsync(owner, WellKnown.ForegroundDeletion, ct);
            return;
        }

        foreach (var dependent in left.Where(dependent => dependent.Metadata.DeletionTimestamp is null)) await ReleaseOrDeleteAsync(dependent, dependents, ct);
    }

    /// <summary>What rests on the absence of dependents is confirmed live: the cache may not show the newest ones.</summary>
    private async Task<IReadOnlyList<ObjectMetadata>> ConfirmAsync(ObjectMetadata owner, IReadOnlyList<ObjectMetadata> cached, CancellationToken ct)
    {
        var found = cached.ToDictionary(item => item.Metadata.Uid ?? "");
        foreach (var kind in kinds.Where(kind => kind.Resource.Namespaced))
        {
            foreach (var item in await _client.ListAsync(kind.Resource, owner.Metadata.Namespace, ct))
            {
                if (IsOwned(item.Metadata, owner.Metadata.Uid)) found[item.Metadata.Uid ?? ""] = item;
            }
        }

        return [.. found.Values];
    }

    private static bool IsBlocking(ObjectMetadata dependent, ObjectMetadata owner) =>
        dependent.Metadata.OwnerReferences!.Any(reference => reference.Uid == owner.Metadata.Uid && reference.BlockOwnerDeletion == true);

    private async Task RemoveFinalizerAsync(ObjectMetadata item, string finalizer, CancellationToken ct) =>
        await _client.PatchAsync(item, JsonBody.Finalizers(item.Metadata, item.Metadata.Finalizers!.Where(name => name != finalizer)), ct);

    /// <summary>Deletes an object that nobody owns any more; one with an owner left loses the references that dangle.</summary>
    private async Task ReleaseOrDeleteAsync(ObjectMetadata item, Func<ObjectMetadata, IReadOnlyList<ObjectMetadata>> dependents, CancellationToken ct)
    {
        if (item.Metadata.DeletionTimestamp is not null || item.Metadata.OwnerReferences is not { Count: > 0 } references) return;
        var solid = new List<V1OwnerReference>();
        var awaited = false;
        foreach (var reference in references)
        {
            var state = await LookUpAsync(item, reference, ct);
            if (state == OwnerState.Solid) solid.Add(reference);
            awaited |= state == OwnerState.WaitsForDependents;
        }

        if (solid.Count == references.Count) return;
        if (solid.Count > 0) await _client.PatchAsync(item, JsonBody.OwnerReferences(item.Metadata, solid), ct);
        else await _client.DeleteAsync(item, awaited && dependents(item).Count > 0 ? "Foreground" : "Background", ct);
    }

    private async Task<OwnerState> LookUpAsync(ObjectMetadata dependent, V1OwnerReference reference, CancellationToken ct)
    {
        var kind = kinds.FirstOrDefault(kind => kind.Resource.Kind == reference.Kind && kind.Resource.Group == ResourceCatalog.GroupOf(reference.ApiVersion));
        var resource = kind?.Resource ?? await catalog.FindAsync(reference.ApiVersion, reference.Kind, ct);

        // A kind that is not served now may be served again: nothing is deleted for its sake.
        if (resource is null) return OwnerState.Solid;
        var ns = resource.Namespaced ? dependent.Metadata.Namespace : null;
        var owner = kind?.Get(ports.Reader, new NamespacedName(ns ?? "", reference.Name));
        if (owner?.Uid != reference.Uid) owner = (await _client.GetAsync(resource, ns, reference.Name, ct))?.Metadata;
        if (owner?.Uid != reference.Uid) return OwnerState.Gone;
        return owner.DeletionTimestamp is not null && owner.HasFinalizer(WellKnown.ForegroundDeletion) && reference.BlockOwnerDeletion == true
            ? OwnerState.WaitsForDependents
            : OwnerState.Solid;
    }

    private IReadOnlyList<ObjectMetadata> Dependents(ObjectMetadata owner) =>
        CachedIn(owner.Metadata.Namespace).Where(item => IsOwned(item.Metadata, owner.Metadata.Uid)).ToList();

    /// <summary>By name, for an owner whose UID is not known any more.</summary>
    private List<ObjectMetadata> DependentsOf(GarbageKey owner) => CachedIn(owner.Namespace)
        .Where(item => item.Metadata.OwnerReferences?.Any(reference =>
            reference.Name == owner.Name && reference.Kind == owner.Kind && ResourceCatalog.GroupOf(reference.ApiVersion) == owner.Group) == true)
        .ToList();

    private IEnumerable<ObjectMetadata> CachedIn(string? ns) => string.IsNullOrEmpty(ns)
        ? []
        : kinds.Where(kind => kind.Resource.Namespaced)
            .SelectMany(kind => kind.List(ports.Reader, ns).Select(metadata => new ObjectMetadata(kind.Resource, metadata)));

    private static bool IsOwned(V1ObjectMeta item, string? uid) => item.OwnerReferences?.Any(reference => reference.Uid == uid) == true;

    private enum OwnerState
    {
        Gone,
        Solid,
        WaitsForDependents,
    }
}
