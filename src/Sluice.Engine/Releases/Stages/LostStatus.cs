using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Observed;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// The status was wiped, or restored from a backup without it. What is stable is read back from the Releases, or else from the pods that serve; a release that
/// was in flight is not resumed, since nobody knows how far it was: the spec's revision is released again from its first step. What was never promoted does not
/// become stable by that: a first deployment that ended otherwise is held as it was, and one that was in flight is made again, on the pods that it has.
/// </summary>
internal static class LostStatus
{
    /// <summary>Whether there is anything to rebuild a status from; without it, what follows is a first deployment.</summary>
    public static bool IsToldBy(Snapshot snapshot) => Stable(snapshot) is not null || LastEnded(snapshot) is not null;

    public static Decision Rebuild(Pass pass)
    {
        var stable = Stable(pass.Snapshot);
        var last = LastEnded(pass.Snapshot);
        var unfinished = pass.Snapshot.Releases.Where(release => release.Status?.Outcome is null && release.Spec.Revision != stable).ToList();
        var message = $"the status was rebuilt from {pass.Snapshot.Releases.Count} Releases and {pass.Snapshot.ReplicaSets.Count} ReplicaSets: stable is {stable ?? "not known"}";
        var status = pass.Status with
        {
            Stable = stable is null ? null : Transitions.StableOf(pass, stable),
            OwedContracts = OwedContracts.Recalled(pass),
            LastRelease = last is null ? null : new LastRelease
            {
                Name = last.Metadata.Name ?? "",
                Revision = last.Spec.Revision,
                Outcome = last.Status!.Outcome!.Value,
                Held = unfinished.Count == 0 && FinishingStage.IsHeldAfter(last.Status.Outcome.Value),
                Reason = last.Status.Reason,
                Message = last.Status.Message,
                FinishedAt = last.Status.FinishedAt,
            },
        };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.StatusRebuilt, message), isWarning: true, Reasons.StatusRebuilt, "Rebuild", message);
    }

    private static Release? LastEnded(Snapshot snapshot) => snapshot.Releases.LastOrDefault(release => release.Status?.Outcome is not null);

    private static string? Stable(Snapshot snapshot) =>
        snapshot.Releases.LastOrDefault(release => release.Status?.Outcome == Outcome.Promoted || HasContract(snapshot, release))?.Spec.Revision ?? Serving(snapshot);

    /// <summary>No revision from before can be relied on once a contract has begun.</summary>
    private static bool HasContract(Snapshot snapshot, Release release) => MigrationRecords.HasContract(snapshot.Migrations, release);

    /// <summary>Of the revisions that no Release tells of, the one with the most available pods; null when there is none.</summary>
    private static string? Serving(Snapshot snapshot) => snapshot.ReplicaSets
        .Where(set => set.Available > 0 && snapshot.Releases.All(release => release.Spec.Revision != set.Revision))
        .OrderByDescending(set => set.Available)
        .ThenBy(set => set.CreatedAt)
        .FirstOrDefault()?.Revision;
}
