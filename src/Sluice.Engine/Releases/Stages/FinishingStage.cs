using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Finishing: the whole story goes to the Release, and only then is it cleared from the status.</summary>
internal static class FinishingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var outcome = release.Outcome ?? Outcome.Failed;

        // A Release that somebody deleted takes no story; the outcome stands all the same.
        if (pass.Record is { } record && record.Status?.Outcome is null)
        {
            var finished = new Effect.FinishRelease(record.Metadata.Name ?? "", StoryOf(pass, release, outcome));
            return new Decision.Act([finished], pass.Status, LookAgain: null);
        }

        var held = IsHeldAfter(outcome);
        var last = new LastRelease
        {
            Name = release.Name,
            Revision = release.Revision,
            Outcome = outcome,
            Held = held,
            Reason = release.Reason,
            Message = release.Message,
            FinishedAt = release.StageStartedAt,
        };
        var status = pass.Status with { Release = null, Canary = null, LastRelease = last, FloorOverride = null };
        var outlook = held
            ? new Outlook(Phase.Degraded, outcome.ToString(), $"revision {release.Revision} is held after release {release.Name} ended as {outcome}: {release.Message}")
            : new Outlook(Phase.Progressing, Reasons.Progressing, $"release {release.Name} ended as {outcome}");
        return new Decision.Transition(StatusView.Refresh(pass, status, outlook), []);
    }

    /// <summary>Whether a revision is not released again, after such an outcome, before the spec has changed.</summary>
    public static bool IsHeldAfter(Outcome outcome) => outcome is Outcome.Failed or Outcome.RolledBack or Outcome.Aborted;

    private static ReleaseStatus StoryOf(Pass pass, ReleaseProgress release, Outcome outcome)
    {
        var finishedAt = release.StageStartedAt ?? pass.Now;
        return new ReleaseStatus
        {
            Outcome = outcome,
            Reason = release.Reason,
            Message = release.Message,
            StartedAt = release.StartedAt,
            FinishedAt = finishedAt,
            Duration = GoDuration.Format(finishedAt - (release.StartedAt ?? finishedAt)),
            Cause = release.Cause,
            ChangedBy = release.ChangedBy,
            Verdict = release.Verdict,
            Migration = release.Migration,
            Checks = Story.Checks(pass.Record, release),
            Analysis = release.Analysis,
            Decisions = release.Decisions,
            Timeline = Story.Whole(pass.Record, release),
        };
    }
}
