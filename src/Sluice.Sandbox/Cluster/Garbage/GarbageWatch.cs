using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>
/// The keys that a change concerns: the object itself when its ownership, its deletion or its existence changed, and its owners,
/// who may be waiting for it to go.
/// </summary>
internal sealed record GarbageWatch(Type EntityKind, KubernetesResource Resource) : WatchDefinition
{
    public override Type EntityType => EntityKind;

    public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current)
    {
        var item = (current ?? old)?.Metadata;
        if (item is null || !Matters(old?.Metadata, current?.Metadata)) return [];

        var owners = (item.OwnerReferences ?? []).Select(owner => new GarbageKey(ResourceCatalog.GroupOf(owner.ApiVersion), owner.Kind, item.Namespace ?? "", owner.Name).ToKey());
        return Selves(old?.Metadata, current?.Metadata).Concat(owners);
    }

    /// <summary>One that is gone is named by its UID: by the time that its dependents are looked after there may be another one of its name.</summary>
    private IEnumerable<NamespacedName> Selves(V1ObjectMeta? old, V1ObjectMeta? current)
    {
        if (old is not null && old.Uid != current?.Uid) yield return new GarbageKey(Resource.Group, Resource.Kind, old.Namespace ?? "", old.Name ?? "", old.Uid ?? "").ToKey();
        if (current is not null) yield return new GarbageKey(Resource.Group, Resource.Kind, current.Namespace ?? "", current.Name ?? "").ToKey();
    }

    private static bool Matters(V1ObjectMeta? old, V1ObjectMeta? current)
    {
        if (current is null) return true;
        if (old is not null && old.Uid != current.Uid) return true;
        if (old is null) return current.OwnerReferences?.Count > 0 || current.DeletionTimestamp is not null;
        return old.DeletionTimestamp != current.DeletionTimestamp
            || !(old.OwnerReferences ?? []).SequenceEqual(current.OwnerReferences ?? [])
            || !(old.Finalizers ?? []).SequenceEqual(current.Finalizers ?? []);
    }
}
