using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>
/// Blue-green, back to a revision whose pods still wait out their scale-down delay: it was promoted before and all its pods are available, so there is nothing
/// that its steps could show, and the active Service is turned at once.
/// </summary>
internal static class InstantReturn
{
    /// <summary>Why no step is needed, in a sentence; null where the steps are taken.</summary>
    public static string? Of(Pass pass, ReleasePlan plan, ReleaseProgress release)
    {
        if (plan.Traffic?.Preview is null || release.PreviousRevision is null || pass.Replicas == 0) return null;
        if (pass.Snapshot.Releases.LastOrDefault(earlier => earlier.Spec.Revision == release.Revision && earlier.Status?.Outcome is not null) is not { Status.Outcome: Outcome.Promoted } last) return null;

        var set = pass.Snapshot.ReplicaSetOf(release.Revision);
        return set?.Desired >= pass.Replicas && set.Available >= pass.Replicas
            ? $"the pods of {last.Metadata.Name} are still there, all {pass.Replicas} of them: no step is needed"
            : null;
    }
}
