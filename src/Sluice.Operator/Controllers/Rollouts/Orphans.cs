using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>
/// What a Rollout takes over: ReplicaSets and Releases with its labels, and the name that it would give them, that no controller has and that are not being
/// deleted. So a Rollout that is deleted with its dependents left behind, and made again, goes on where it was, as a Deployment does.
/// </summary>
internal static class Orphans
{
    /// <summary>The ReplicaSets first: their pods serve.</summary>
    public static IReadOnlyList<ObservedOrphan> Among(IEnumerable<V1ReplicaSet> sets, IEnumerable<Release> releases, string rollout) =>
    [
        .. sets.Where(set => IsFree(set.Metadata) && IsNamedAsOurs(set, rollout)).Select(set => Observe(OrphanKind.ReplicaSet, set.Metadata)),
        .. releases.Where(release => IsFree(release.Metadata) && IsNamedAsOurs(release, rollout)).Select(release => Observe(OrphanKind.Release, release.Metadata)),
    ];

    private static bool IsFree(V1ObjectMeta item) => item.ControllerOwner() is null && item.DeletionTimestamp is null;

    /// <summary>What it selects is not in the watch cache, but in what is read live before anything is adopted.</summary>
    private static bool IsNamedAsOurs(V1ReplicaSet set, string rollout) =>
        set.Metadata.Label(Labels.Revision) is { } revision
        && set.Metadata.Name == ObjectNames.ReplicaSet(rollout, revision)
        && (set.Spec?.Selector?.MatchLabels is not { } selected || (selected.GetValueOrDefault(Labels.Rollout) == rollout && selected.GetValueOrDefault(Labels.Revision) == revision));

    private static bool IsNamedAsOurs(Release release, string rollout) =>
        release.Spec.Rollout == rollout && release.Metadata.Name == ObjectNames.Release(rollout, release.Spec.Number);

    private static ObservedOrphan Observe(OrphanKind kind, V1ObjectMeta item) => new(kind, item.Name ?? "", item.ResourceVersion ?? "", item.OwnerReferences ?? []);
}
