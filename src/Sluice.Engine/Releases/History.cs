using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>Keeps the records in order while no release is in flight: closes those left open, and removes what is older than the history limits.</summary>
internal static class History
{
    /// <summary>Closes what was left open and removes what is too old; never anything that a release, or the way back, may need.</summary>
    public static IReadOnlyList<Effect> Tidy(Pass pass) => [.. Close(pass), .. Prune(pass)];

    /// <summary>A Release without an outcome while none is in flight: it was withdrawn just when it was written, or its Rollout lost its status.</summary>
    private static IEnumerable<Effect> Close(Pass pass) => pass.Snapshot.Releases
        .Where(release => release.Status?.Outcome is null)
        .Select(release => new Effect.FinishRelease(
            release.Metadata.Name ?? "",
            (release.Status ?? new ReleaseStatus()) with
            {
                Outcome = Outcome.Superseded,
                Reason = Reasons.Superseded,
                Message = "it was not carried on: it was withdrawn before it began, or the status that knew how far it was is lost",
                StartedAt = release.Metadata.CreationTimestamp,
                FinishedAt = pass.Now,
            }));

    private static IReadOnlyList<Effect> Prune(Pass pass)
    {
        var stable = pass.StableRevision;
        var oldSets = pass.Snapshot.ReplicaSets
            .Where(set => set.Revision != stable && set is { Desired: 0, Pods: 0, HasTerminatingPods: false, IsCurrent: true })
            .OrderByDescending(set => set.CreatedAt)
            .Skip(Math.Max(0, pass.Rollout.Spec.RevisionHistoryLimit))
            .Select(set => (Effect)new Effect.DeleteReplicaSet(set.Name));

        // The newest Release of stable holds the template from which its ReplicaSet can be made again.
        // So does the one that a person has gone back to; and what a contract that is owed would run is in its own.
        string?[] needed = [pass.ReleaseOf(stable)?.Metadata.Name, pass.Status.LastRelease?.Name, pass.ReleaseOf(pass.Hold?.Revision)?.Metadata.Name, .. pass.Status.OwedContracts.Select(owed => owed.Release)];
        var oldReleases = pass.Snapshot.Releases
            .Reverse()
            .Where(release => release.Status?.Outcome is not null && !needed.Contains(release.Metadata.Name))
            .Skip(Math.Max(0, pass.Rollout.Spec.ReleaseHistoryLimit - needed.Distinct().Count(name => name is not null)))
            .Select(release => (Effect)new Effect.DeleteRelease(release.Metadata.Name ?? ""));
        return [.. oldSets, .. oldReleases];
    }
}
