using Sluice.Api;
using Sluice.Engine.Checks;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// A checks step. What is intended is in the status before a Job is created, and what a Job said is before the step is left: whoever is killed in between finds
/// there where to go on.
/// </summary>
internal static class CheckingStep
{
    /// <summary>What is new of the checks, and the way back where too few can succeed: paused or not, and whatever the route says. Null when there is nothing new.</summary>
    public static Decision.Transition? News(StepContext context, PlanStep.Checks wanted)
    {
        var checks = CheckStates.OfStep(context.Release, context.Step.Index);
        if (checks.Count == 0) return Noted(context, CheckStates.Begin(context.Release, wanted, context.Step.Index), []);

        List<CheckStatus> seen = [.. checks.Select(check => CheckLook.Of(context, wanted, check))];
        var news = seen.Except(checks).ToList();
        if (news.Count > 0) return Noted(context, seen, [.. news.Where(check => !CheckStates.IsOpen(check)).Select(check => Told(context, check))]) with { RestsOnOpenJobs = news.Exists(IsOverdue) };

        var tally = CheckTally.Of(wanted, checks);
        return tally.IsOut && (wanted.FailFast || tally.Open == 0)
            ? Transitions.GiveUp(context.Pass, context.Plan, context.Analysis.JudgedOf(context.Release), Outcome.RolledBack, Reasons.ChecksFailed, $"{tally}: {Summary(checks)}")
            : null;
    }

    public static Decision Wait(StepContext context, PlanStep.Checks wanted)
    {
        var pass = context.Pass;
        var checks = CheckStates.OfStep(context.Release, context.Step.Index);
        var tally = CheckTally.Of(wanted, checks);
        if (pass.IsHeld) return Waiting.Held(pass, context.Release, context.Analysis, context.Workload.Effects);
        if (tally.IsMet) return context.Next($"{tally}: {Summary(checks)}");

        var open = checks.Where(CheckStates.IsOpen).ToList();
        var starts = open.Where(check => CheckLook.JobOf(context, check) is null)
            .Join(wanted.Jobs, check => check.Name, job => job.Name, (check, job) => new Effect.CreateCheck(check.Name, CheckJobs.Build(pass, context.Plan, context.Release, context.Step.Index, job)));
        var outlook = new Outlook(Phase.Progressing, Reasons.Checking, $"{context.Where}: checking {context.Exposure}: {tally}: {Summary(context, checks)}");
        DateTimeOffset? until = open.Count == 0 ? null : open.Min(check => CheckLook.DeadlineOf(context, wanted, check));
        return Waiting.Act(pass, context.Release, context.Analysis, [.. context.Workload.Effects, .. starts], outlook, until, isProgress: false);
    }

    /// <summary>The API server refused the Job of a check for what it says.</summary>
    public static Decision.Transition Refused(Pass pass, string name, IReadOnlyList<FieldError> errors)
    {
        var release = pass.Status.Release!;
        List<CheckStatus> checks = [.. release.Checks.Select(check => check.Name == name && CheckStates.IsOpen(check) ? CheckLook.Refused(check, pass.Now, Idle.Describe(errors)) : check)];
        return Noted(pass, release, checks, [.. checks.Except(release.Checks).Select(check => Told(release, check))]);
    }

    /// <summary>Nobody has ended it but the operator's clock: whether it has not ended must be known from the API server.</summary>
    private static bool IsOverdue(CheckStatus check) => check is { State: CheckState.TimedOut, ExitCode: null };

    private static Decision.Transition Noted(StepContext context, IReadOnlyList<CheckStatus> checks, IReadOnlyList<Announcement> told) => Noted(context.Pass, context.Release, checks, told);

    private static Decision.Transition Noted(Pass pass, ReleaseProgress release, IReadOnlyList<CheckStatus> checks, IReadOnlyList<Announcement> told) =>
        new(StatusView.Refresh(pass, pass.Status with { Release = release with { Checks = checks } }, Interruption.Unchanged(pass, pass.Status.Message ?? "", Reasons.Checking)), told);

    private static Announcement Told(StepContext context, CheckStatus check) => Told(context.Release, check);

    private static Announcement Told(ReleaseProgress release, CheckStatus check)
    {
        var isGood = check.State == CheckState.Succeeded;
        return new Announcement(!isGood, isGood ? Reasons.CheckSucceeded : Reasons.CheckFailed, "Check", StatusText.Shorten($"release {release.Number}: step {check.Step}: {OneOf(check)}"));
    }

    private static string Summary(IReadOnlyList<CheckStatus> checks) => string.Join("; ", checks.Select(OneOf));

    private static string Summary(StepContext context, IReadOnlyList<CheckStatus> checks) => string.Join(
        "; ", checks.Select(check => CheckStates.IsOpen(check) && CheckLook.JobOf(context, check) is { } job && Jobs.JobText.Complaint(job) is { } complaint ? $"{check.Name} waits: {complaint}" : OneOf(check)));

    private static string OneOf(CheckStatus check) => check.State switch
    {
        CheckState.Pending => $"{check.Name} starts",
        CheckState.Running => $"{check.Name} runs",
        CheckState.Succeeded => $"{check.Name} succeeded",
        _ => $"{check.Name} {check.State switch { CheckState.TimedOut => "timed out", CheckState.Canceled => "was ended", var state => state.ToString().ToLowerInvariant() }}: {check.Message}",
    };
}
