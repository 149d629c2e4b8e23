using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Checks;

/// <summary>The checks of a release as its status has them.</summary>
public static class CheckStates
{
    /// <summary>Whether its end is not known yet.</summary>
    public static bool IsOpen(CheckStatus check) => check.State is CheckState.Pending or CheckState.Running;

    internal static bool IsSame(CheckStatus one, CheckStatus other) => one.Step == other.Step && one.Name == other.Name;

    /// <summary>What is intended, written before any Job is created.</summary>
    /// <param name="release">The release.</param>
    /// <param name="step">The step.</param>
    /// <param name="index">Its index in the plan.</param>
    internal static IReadOnlyList<CheckStatus> Begin(ReleaseProgress release, PlanStep.Checks step, int index) =>
        [.. step.Jobs.Select(job => new CheckStatus { Step = index + 1, Name = job.Name, Job = ObjectNames.CheckJob(release.Name, release.StartedAt, index + 1, job.Name) })];

    /// <summary>Nobody waits for them any more: those that have not ended are ended.</summary>
    internal static IReadOnlyList<CheckStatus> Cancel(IReadOnlyList<CheckStatus> checks, DateTimeOffset now) => checks.Any(IsOpen)
        ? [.. checks.Select(check => IsOpen(check) ? check with { State = CheckState.Canceled, FinishedAt = now, Message = "nothing depended on it any more" } : check)]
        : checks;

    /// <summary>Those of the step that is being taken.</summary>
    internal static IReadOnlyList<CheckStatus> OfStep(ReleaseProgress release, int index) => [.. release.Checks.Where(check => check.Step == index + 1)];

    /// <summary>Whether this Job's end is still waited for.</summary>
    internal static bool IsAwaited(Pass pass, Observed.ObservedCheck seen) =>
        pass.Rollout.Metadata.DeletionTimestamp is null
        && (pass.Status.Release?.Checks ?? []).Any(check => IsOpen(check) && check.Job == seen.Job.Name && (check.Uid ?? seen.Job.Uid) == seen.Job.Uid);
}
