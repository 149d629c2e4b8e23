using Sluice.Api;
using Sluice.Engine.Observed;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// The status was wiped, or restored from a backup without it. What is stable is read back from the Releases, or else from the pods that serve; a release that
/// was in flight is not resumed, since nobody knows how far it was: the spec's revision is released again from its first step.
/// </summary>
internal static class LostStatus
{
    public static Decision Rebuild(Pass pass)
    {
        var stable = pass.Snapshot.Releases.LastOrDefault(release => release.Status?.Outcome == Outcome.Promoted)?.Spec.Revision ?? Serving(pass.Snapshot);
        var last = pass.Snapshot.Releases.LastOrDefault(release => release.Status?.Outcome is not null);
        var unfinished = pass.Snapshot.Releases.Where(release => release.Status?.Outcome is null && release.Spec.Revision != stable).ToList();
        if (stable is null && last is null)
        {
            // Nothing serves and nothing was ever recorded as ended: it is a first deployment, whose pods are replaced.
            return pass.IsRefused ? Idle.Invalid(pass) : pass.IsPaused ? Idle.NewRevisionPaused(pass) : Start.Release(pass);
        }

        var message = $"the status was rebuilt from {pass.Snapshot.Releases.Count} Releases and {pass.Snapshot.ReplicaSets.Count} ReplicaSets: stable is {stable ?? "not known"}";
        var status = pass.Status with
        {
            Stable = stable is null ? null : Transitions.StableOf(pass, stable),
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

    /// <summary>The revision with the most available pods; null when there is none.</summary>
    private static string? Serving(Snapshot snapshot) =>
        snapshot.ReplicaSets.Where(set => set.Available > 0).OrderByDescending(set => set.Available).ThenBy(set => set.CreatedAt).FirstOrDefault()?.Revision;
}
