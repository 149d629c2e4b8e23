using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Engine.Jobs;

namespace Sluice.Engine.Migrations;

/// <summary>A Migration that has its lock: its attempts, each with a Job for the command and one to verify it.</summary>
internal static class MigrationRun
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(6);

    /// <summary>For how long a pod that was told to stop may take: four times what Kubernetes gives it. A node that is cut off does not stop it, nor tell.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);

    /// <summary>Records the intent; numbers go on from earlier Migrations of the same key, so that no Job's name is used twice.</summary>
    public static MigrationDecision.Transition StartAttempt(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        var number = Math.Max(status.Attempt, snapshot.SameKey.Select(other => other.Status?.Attempt ?? 0).DefaultIfEmpty().Max()) + 1;
        return new MigrationDecision.Transition(
            NextAttempt(snapshot.Migration, status, number, notBefore: null) with
            {
                Lock = (status.Lock ?? new LockStatus()) with { AcquiredAt = now, Position = 0, Holder = snapshot.Migration.Metadata.Name, Summary = "held" },
                StartedAt = now,
            },
            []);
    }

    private static MigrationStatus NextAttempt(Migration migration, MigrationStatus status, int number, DateTimeOffset? notBefore) => status with
    {
        State = MigrationState.Running,
        Attempt = number,
        Attempts = [.. status.Attempts, new MigrationAttempt { Number = number, Run = new JobRun { Job = MigrationJob.NameOf(migration, number, verify: false), NotBefore = notBefore } }],
        Reason = null,
        Message = null,
    };

    public static MigrationDecision Run(MigrationSnapshot snapshot, MigrationStatus status, bool verify, DateTimeOffset now)
    {
        var attempt = status.Attempts[^1];
        var run = (verify ? attempt.Verify : attempt.Run) ?? new JobRun();
        if (snapshot.Job is not { } job) return WithoutJob(snapshot, status, attempt, run, verify, now);

        if (!job.IsOurs)
        {
            // Of a Migration of this name that somebody deleted: it goes, and the name is free then.
            if (job.IsDeleting) return new MigrationDecision.Act(snapshot.MayStillWrite ? [] : [new MigrationEffect.FreeJob(job.Name)], status with { Message = $"waiting for Job {job.Name} of an earlier Migration to go" }, MigrationEngine.PodCheck);

            return MigrationEnd.Finish(status, MigrationState.Failed, Reasons.JobNameTaken, $"a Job {job.Name} exists that does not belong to this Migration", now);
        }

        if (run.Uid is null) return Recorded(status, run with { Uid = job.Uid, StartedAt = now }, verify);
        if (run.Uid != job.Uid) return Vanished(status, run, now);

        return job.End switch
        {
            JobEnd.Complete => Succeed(snapshot.Migration, status, job, verify, now),
            _ when job.End == JobEnd.Failed || IsGivenUp(snapshot, job, now) => Fail(snapshot.Migration, status, job, verify, now),
            _ => WhileItRuns(snapshot, status, run, job, now),
        };
    }

    /// <summary>Whether a Job that is to fail is not waited for any more, though its pod has not stopped.</summary>
    private static bool IsGivenUp(MigrationSnapshot snapshot, ObservedJob job, DateTimeOffset now) =>
        job.FailingSince is { } since && (snapshot.LockOverride is not null || now >= since + StopPatience);

    private static MigrationDecision WithoutJob(MigrationSnapshot snapshot, MigrationStatus status, MigrationAttempt attempt, JobRun run, bool verify, DateTimeOffset now)
    {
        if (run.Uid is not null) return Vanished(status, run, now);

        // Nothing was started for this run yet; a verify run follows a command that has succeeded and is seen through.
        if (snapshot.Demand == MigrationDemand.GivenUp && !verify) return NotTriedAgain(status, now) ?? MigrationEnd.Superseded(snapshot, status, now);
        if (run.NotBefore is { } notBefore && now < notBefore) return new MigrationDecision.Act([], status, notBefore - now);

        if (snapshot.LockHolder != snapshot.Migration.Metadata.Name)
        {
            // The lock was taken from us by hand before the Job existed: without it nothing is started.
            return new MigrationDecision.Act(
                snapshot.LockHolder is null ? [MigrationWait.TakeLock(snapshot)] : [],
                status with { Message = $"lock {snapshot.Migration.Spec.Lock} was lost to {snapshot.LockHolder ?? "nobody"}: waiting for it" },
                MigrationEngine.PodCheck);
        }

        if (snapshot.MayStillWrite)
        {
            // A Job may be called failed while its pod is still on its way out, or on a node that is cut off.
            return new MigrationDecision.Act([], status with { Message = "a pod of an earlier Job may still write: waiting for its end" }, MigrationEngine.PodCheck);
        }

        return new MigrationDecision.Act([new MigrationEffect.CreateJob(MigrationJob.Build(snapshot.Migration, attempt.Number, verify))], status, LookAgain: null);
    }

    private static MigrationDecision.Act WhileItRuns(MigrationSnapshot snapshot, MigrationStatus status, JobRun run, ObservedJob job, DateTimeOffset now)
    {
        var terminate = snapshot.Demand == MigrationDemand.GivenUp && snapshot.Migration.Spec.CancelPolicy == CancelPolicy.Terminate;
        if (terminate && !job.IsDeleting) return new MigrationDecision.Act([new MigrationEffect.DeleteJob(job.Name, job.Uid)], status, MigrationEngine.PodCheck);

        if (job.IsDeleting)
        {
            // Deleted before its end: once none of its pods can write any more, our finalizer lets it go, and it counts as vanished.
            return snapshot.MayStillWrite
                ? new MigrationDecision.Act([], status with { Message = $"Job {job.Name} was deleted before its end: waiting for its pods to stop" }, MigrationEngine.PodCheck)
                : new MigrationDecision.Act([new MigrationEffect.FreeJob(job.Name)], status, MigrationEngine.PodCheck);
        }

        if (job.FailingSince is { } failing)
        {
            return new MigrationDecision.Act([], status with { Message = $"Job {job.Name} has failed ({job.FailureReason}): waiting for its pod to stop" }, failing + StopPatience - now);
        }

        if (!job.HasPod)
        {
            // Kubernetes makes it at once, unless it may not: because of a quota or a policy, or because there is no such ServiceAccount.
            var left = (run.StartedAt ?? now) + MigrationEngine.PodCheck - now;
            return left > TimeSpan.Zero
                ? new MigrationDecision.Act([], status with { Message = $"Job {job.Name} runs" }, left)
                : new MigrationDecision.Act([], status with { Message = $"Job {job.Name} has no pod: kubectl describe job {job.Name} tells why none is made" }, LookAgain: null);
        }

        var since = run.StartedAt is { } started ? $" for {GoDuration.Format(TimeSpan.FromSeconds(Math.Floor((now - started).TotalMinutes) * 60))}" : "";
        var waiting = job.PodReason is null ? "" : $": {job.PodReason}{(job.PodMessage is null ? "" : $", {job.PodMessage}")}";
        return new MigrationDecision.Act([], status with { Message = job.PodReason is null ? $"Job {job.Name} runs" : StatusText.Shorten($"Job {job.Name} waits{since}{waiting}") }, LookAgain: null);
    }

    private static MigrationDecision.Transition Succeed(Migration migration, MigrationStatus status, ObservedJob job, bool verify, DateTimeOffset now)
    {
        var recorded = Ended(status, job, verify, reason: "Complete", message: null);
        if (verify || migration.Spec.Verify.Count == 0)
        {
            return MigrationEnd.Finish(recorded, MigrationState.Succeeded, Reasons.Completed, verify ? "done and verified" : "done", now);
        }

        var attempt = recorded.Attempts[^1];
        return new MigrationDecision.Transition(
            Replace(recorded, attempt with { Verify = new JobRun { Job = MigrationJob.NameOf(migration, attempt.Number, verify: true) } }) with { State = MigrationState.Verifying, Message = "the command succeeded, verifying" },
            []);
    }

    private static MigrationDecision.Transition Fail(Migration migration, MigrationStatus status, ObservedJob job, bool verify, DateTimeOffset now)
    {
        var timedOut = job.FailureReason == JobText.DeadlineExceeded;
        var (state, reason) = (timedOut, job.WasDisrupted) switch
        {
            (true, _) => (MigrationState.TimedOut, Reasons.TimedOut),
            (_, true) => (MigrationState.Disrupted, Reasons.Disrupted),
            _ => (MigrationState.Failed, verify ? Reasons.VerifyFailed : Reasons.CommandFailed),
        };
        var message = $"{JobText.Describe(job, verify ? "verify" : "the command")}{(job.End == JobEnd.Failed ? "" : ", and its pod has not stopped")}";
        var recorded = Ended(status, job, verify, reason, message);

        // A command that may have written is started again only if its author says that this is safe, and never beside the pod that may still write.
        var mayRetry = job.End == JobEnd.Failed && (migration.Spec.Idempotent || (!verify && job.NeverRan));
        if (mayRetry && recorded.Attempts.Count <= migration.Spec.Retries)
        {
            var backoff = Backoff(recorded.Attempts.Count);
            return new MigrationDecision.Transition(
                NextAttempt(migration, recorded, recorded.Attempt + 1, now + backoff) with
                {
                    Reason = reason,
                    Message = StatusText.Shorten($"{message}; trying again in {GoDuration.Format(backoff)}"),
                },
                [new Announcement(IsWarning: true, reason, "Retry", $"{message}; attempt {recorded.Attempts.Count + 1} of {migration.Spec.Retries + 1} follows in {GoDuration.Format(backoff)}")]);
        }

        return MigrationEnd.Finish(recorded, state, reason, message, now);
    }

    /// <summary>10 s, doubled with every attempt, at most 6 minutes: the back-off of Kubernetes' own Jobs.</summary>
    private static TimeSpan Backoff(int attempts) => TimeSpan.FromTicks(Math.Min(LongestBackoff.Ticks, FirstBackoff.Ticks << Math.Min(attempts - 1, 10)));

    private static MigrationDecision.Transition Vanished(MigrationStatus status, JobRun run, DateTimeOffset now) => MigrationEnd.Finish(
        status,
        MigrationState.Unknown,
        Reasons.MigrationUnknown,
        $"Job {run.Job} is gone and its result was not recorded: look at the database; it is not started again by itself: an Override declares it done, deleting the Migration lets it run again",
        now);

    /// <summary>What has run and failed before is not as if it had never begun; null where this was the first attempt.</summary>
    private static MigrationDecision.Transition? NotTriedAgain(MigrationStatus status, DateTimeOffset now)
    {
        if (status.Attempts is not [.., var failed, var next]) return null;

        const string Why = "its release does not wait for it any more";
        var run = failed.Verify ?? failed.Run ?? new JobRun();
        var state = run.Reason switch
        {
            Reasons.TimedOut => MigrationState.TimedOut,
            Reasons.Disrupted => MigrationState.Disrupted,
            _ => MigrationState.Failed,
        };
        var given = Replace(status, next with { Run = (next.Run ?? new JobRun()) with { Reason = Reasons.Superseded, Message = $"not started: {Why}" } });
        return MigrationEnd.Finish(given, state, run.Reason ?? Reasons.CommandFailed, $"{run.Message}; not tried again: {Why}", now);
    }

    private static MigrationDecision.Transition Recorded(MigrationStatus status, JobRun run, bool verify)
    {
        var attempt = status.Attempts[^1];
        return new MigrationDecision.Transition(Replace(status, verify ? attempt with { Verify = run } : attempt with { Run = run }), []);
    }

    private static MigrationStatus Ended(MigrationStatus status, ObservedJob job, bool verify, string reason, string? message)
    {
        var attempt = status.Attempts[^1];
        var run = ((verify ? attempt.Verify : attempt.Run) ?? new JobRun()) with
        {
            FinishedAt = job.FinishedAt,
            ExitCode = job.ExitCode,
            Reason = reason,
            Message = message is null ? null : StatusText.Shorten(message),
            Log = job.LogTail,
        };
        return Replace(status, verify ? attempt with { Verify = run } : attempt with { Run = run });
    }

    private static MigrationStatus Replace(MigrationStatus status, MigrationAttempt last) => status with { Attempts = [.. status.Attempts.SkipLast(1), last] };
}
