using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Which changes are worth a reconcile.</summary>
public static class Predicates
{
    /// <summary>
    /// True for an add, a delete, and any change of generation, labels, annotations, finalizers or deletionTimestamp:
    /// a controller need not wake for its own status writes.
    /// </summary>
    public static bool SpecOrMetadataChanged(IKubernetesObject? old, IKubernetesObject? current) =>
        old is null || current is null
        || old.Metadata.Uid != current.Metadata.Uid
        || old.Metadata.Generation != current.Metadata.Generation
        || old.Metadata.DeletionTimestamp != current.Metadata.DeletionTimestamp
        || !SameEntries(old.Metadata.Labels, current.Metadata.Labels)
        || !SameEntries(old.Metadata.Annotations, current.Metadata.Annotations)
        || !(old.Metadata.Finalizers ?? []).SequenceEqual(current.Metadata.Finalizers ?? []);

    private static bool SameEntries(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(entry => right!.TryGetValue(entry.Key, out var value) && value == entry.Value));
}
