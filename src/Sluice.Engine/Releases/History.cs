namespace Sluice.Engine.Releases;

/// <summary>Removes what is older than the history limits; never anything that a release, or the way back, may need.</summary>
internal static class History
{
    public static IReadOnlyList<Effect> Prune(Pass pass)
    {
        var stable = pass.StableRevision;
        var oldSets = pass.Snapshot.ReplicaSets
            .Where(set => set.Revision != stable && set is { Desired: 0, Pods: 0, HasTerminatingPods: false, IsCurrent: true })
            .OrderByDescending(set => set.CreatedAt)
            .Skip(Math.Max(0, pass.Rollout.Spec.RevisionHistoryLimit))
            .Select(set => (Effect)new Effect.DeleteReplicaSet(set.Name));

        // The newest Release of stable holds the template from which its ReplicaSet can be made again.
        var needed = new[] { pass.ReleaseOf(stable)?.Metadata.Name, pass.Status.LastRelease?.Name };
        var oldReleases = pass.Snapshot.Releases
            .Reverse()
            .Where(release => release.Status?.Outcome is not null && !needed.Contains(release.Metadata.Name))
            .Skip(Math.Max(0, pass.Rollout.Spec.ReleaseHistoryLimit - needed.Distinct().Count(name => name is not null)))
            .Select(release => (Effect)new Effect.DeleteRelease(release.Metadata.Name ?? ""));
        return [.. oldSets, .. oldReleases];
    }
}
