using Sluice.Api;
using Sluice.Engine.Jobs;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Checks;

/// <summary>What is to be said of a check in view of its Job.</summary>
internal static class CheckLook
{
    /// <summary>Characters of what a status says of one check.</summary>
    public const int MaxMessage = 160;

    /// <summary>Beyond a Job's own deadline, by which Kubernetes ends it: where nobody does, because it is suspended or the Job controller is down, the operator does.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    /// <summary>The check as it is now. A success is only what was seen to complete.</summary>
    public static CheckStatus Of(StepContext context, PlanStep.Checks wanted, CheckStatus check)
    {
        if (!CheckStates.IsOpen(check)) return check;

        var now = context.Pass.Now;
        var job = JobOf(context, check);
        if (check.Uid is null)
        {
            if (job is { IsOurs: true }) return check with { State = CheckState.Running, Uid = job.Uid, StartedAt = now };
            if (context.Pass.IsHeld || now < DeadlineOf(context, wanted, check)) return check;

            return Ended(check, now, CheckState.TimedOut, job is null ? "its Job could not be started within the timeout" : $"a Job {check.Job} exists that does not belong to this Rollout");
        }

        if (job?.Uid != check.Uid) return Ended(check, now, CheckState.Lost, "its Job is gone, and its end was not seen");

        return job switch
        {
            { End: JobEnd.Complete } => Judged(context, wanted, check, job, CheckState.Succeeded, "done"),
            { End: JobEnd.Failed, FailureReason: JobText.DeadlineExceeded } => Judged(context, wanted, check, job, CheckState.TimedOut, JobText.Describe(job, "the check")),
            { End: JobEnd.Failed, WasDisrupted: true } => Judged(context, wanted, check, job, CheckState.Disrupted, JobText.Describe(job, "the check")),
            { End: JobEnd.Failed } => Judged(context, wanted, check, job, CheckState.Failed, JobText.Describe(job, "the check")),
            { IsDeleting: true } => Ended(check, now, CheckState.Lost, "its Job was deleted before its end"),
            _ when now >= DeadlineOf(context, wanted, check) => Ended(check, now, CheckState.TimedOut, $"the check did not end within its timeout{(JobText.Complaint(job) is { } complaint ? $" ({complaint})" : "")}"),
            _ => check,
        };
    }

    /// <summary>The API server refused the Job for what it says: no repetition would change that.</summary>
    public static CheckStatus Refused(CheckStatus check, DateTimeOffset now, string why) => Ended(check, now, CheckState.Failed, $"the API server refuses its Job: {why}");

    public static ObservedJob? JobOf(StepContext context, CheckStatus check) => context.Pass.Snapshot.Checks.FirstOrDefault(seen => seen.Job.Name == check.Job)?.Job;

    /// <summary>When an open check is given up: a Job that has started has the whole timeout, the others have to start within it.</summary>
    public static DateTimeOffset DeadlineOf(StepContext context, PlanStep.Checks wanted, CheckStatus check) =>
        (check.StartedAt + wanted.Timeout ?? context.Step.Deadline ?? context.Pass.Now + wanted.Timeout) + Slack;

    private static CheckStatus Judged(StepContext context, PlanStep.Checks wanted, CheckStatus check, ObservedJob job, CheckState state, string message) =>
        Ended(check, job.FinishedAt ?? context.Pass.Now, state, message) with { ExitCode = job.ExitCode, Log = CheckLog.Tail(job.LogTail, CheckLog.LimitFor(context.Plan, wanted)) };

    private static CheckStatus Ended(CheckStatus check, DateTimeOffset at, CheckState state, string message) =>
        check with { State = state, FinishedAt = at, Message = StatusText.Shorten(message, MaxMessage) };
}
