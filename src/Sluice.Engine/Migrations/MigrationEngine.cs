using System.Diagnostics;
using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Engine.Jobs;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Migrations;

/// <summary>
/// Decides what a Migration does next. The order is what makes it safe: intent is recorded, then the lock is taken, then the Job is created, its end observed,
/// the result recorded, and only then the Job and the lock are let go. Whoever is killed in between finds in the status where to go on.
/// </summary>
public static class MigrationEngine
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan PodCheck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockCheck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan JobCheck = TimeSpan.FromSeconds(30);

    /// <summary>For how long a pod that was told to stop may take: four times what Kubernetes gives it. A node that is cut off does not stop it, nor tell.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);

    public static MigrationDecision Decide(MigrationSnapshot snapshot, DateTimeOffset now)
    {
        var status = snapshot.Migration.Status ?? new MigrationStatus();
        return status.State switch
        {
            null => Begin(snapshot, status, now),
            MigrationState.WaitingForLock => Wait(snapshot, status, now),
            MigrationState.Running or MigrationState.Verifying when status.Attempts.Count == 0 => Finish(
                status, MigrationState.Unknown, Reasons.MigrationUnknown, "somebody has taken its attempts from its status: nobody knows how far it is; an Override declares it done, deleting the Migration lets it run again", now),
            MigrationState.Running => Run(snapshot, status, verify: false, now),
            MigrationState.Verifying => Run(snapshot, status, verify: true, now),
            MigrationState.Unknown when snapshot.Override is { } word => Finish(
                status, MigrationState.Succeeded, Reasons.Overridden, $"declared done by {word.By} ({word.Ticket}): {word.Reason}; before: {status.Message}", now),
            MigrationState.Succeeded when snapshot.UndoneBy is { } undo => Finish(status, MigrationState.Undone, Reasons.Undone, $"taken back by {undo}; before: {status.Message}", now),
            MigrationState.Succeeded or MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted or MigrationState.Unknown
                or MigrationState.Skipped or MigrationState.Superseded or MigrationState.Undone => LetGo(snapshot, status, now),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Whether a migration in this state will never run again by itself.</summary>
    public static bool IsTerminal(MigrationState? state) =>
        state is not (null or MigrationState.WaitingForLock or MigrationState.Running or MigrationState.Verifying);

    private static MigrationDecision.Transition Begin(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) =>
        Dropped(snapshot, status, now) ?? AlreadyDecided(snapshot, status, now) ?? (snapshot.Demand != MigrationDemand.Wanted
            ? Superseded(snapshot, status, now)
            : new MigrationDecision.Transition(
                WithQueue(snapshot, status with { State = MigrationState.WaitingForLock, Lock = new LockStatus { WaitingSince = now } }),
                []));

    /// <summary>What was done is never done again, and what may have been done is not either, until a person has looked.</summary>
    private static MigrationDecision.Transition? AlreadyDecided(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        if (snapshot.SameKey.FirstOrDefault(other => other.Status?.State == MigrationState.Succeeded) is { } done)
        {
            return Finish(status, MigrationState.Skipped, Reasons.AlreadyDone, $"already done by {done.Metadata.Name}", now);
        }

        return snapshot.SameKey.FirstOrDefault(other => other.Status?.State == MigrationState.Unknown) is { } unknown
            ? Finish(
                status,
                MigrationState.Unknown,
                Reasons.MigrationUnknown,
                $"nobody knows whether {unknown.Metadata.Name} has run to its end: look at the database; then an Override declares that Migration done, or deleting it lets it run again",
                now)
            : null;
    }

    private static MigrationDecision Wait(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        if (AlreadyDecided(snapshot, status, now) is { } decided) return decided;
        if (snapshot.Demand != MigrationDemand.Wanted) return Superseded(snapshot, status, now);

        var me = snapshot.Migration.Metadata.Name;
        var holds = snapshot.LockHolder == me;
        var left = (status.Lock?.WaitingSince ?? now) + Durations.OrZero(snapshot.Migration.Spec.LockTimeout) - now;

        // Another release asked for the same, under another lock: once it is done there is nothing left to do here.
        var isUnderWay = snapshot.SameKey.Any(other => other.Status?.State is MigrationState.Running or MigrationState.Verifying);
        var isNext = !isUnderWay && snapshot.LockHolder is null && snapshot.Queue.Count > 0 && snapshot.Queue[0] == me;
        var isBlocked = snapshot.Obstacle is not null || snapshot.AtWork is not null;

        // A lock that is free is in time: nobody was there to take it sooner.
        if (left <= TimeSpan.Zero && (isBlocked || !(holds || isNext))) return LockTimedOut(snapshot, status, now);
        if (snapshot.Obstacle is { } obstacle)
        {
            // With the lock in hand it would keep out what has to go on for the obstacle to go.
            var blocked = status with { Reason = Reasons.PodsInTheWay, Message = StatusText.Shorten($"waiting: {obstacle}"), Lock = (status.Lock ?? new LockStatus()) with { Holder = null, Position = null, Summary = "waits for pods" } };
            return new MigrationDecision.Act(holds ? [new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock)] : [], blocked, left < PodCheck ? left : PodCheck);
        }

        if (snapshot.AtWork is { } other)
        {
            // What a person did to the Lease makes nobody end sooner: the lock is that one's.
            return new MigrationDecision.Act(holds ? [new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock)] : [], WithQueue(snapshot with { LockHolder = other }, status), left < PodCheck ? left : PodCheck);
        }

        if (holds)
        {
            // Jobs and pods that carry this name before its first attempt are of a Migration of the same name that was deleted.
            if (!snapshot.MayStillWrite) return StartAttempt(snapshot, status, now);

            return new MigrationDecision.Act([], status with { Message = "a Job of an earlier Migration of this name may still write: waiting for its end" }, PodCheck);
        }

        return new MigrationDecision.Act(
            isNext ? [TakeLock(snapshot)] : [],
            WithQueue(snapshot, status),
            left > TimeSpan.Zero && left < LockCheck ? left : LockCheck);
    }

    private static MigrationDecision.Transition LockTimedOut(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => Finish(
        status,
        MigrationState.TimedOut,
        Reasons.LockTimeout,
        snapshot.Obstacle is { } obstacle
            ? $"it could not begin within {snapshot.Migration.Spec.LockTimeout}: {obstacle}"
            : $"lock {snapshot.Migration.Spec.Lock} was not free within {snapshot.Migration.Spec.LockTimeout}: held by {snapshot.AtWork ?? snapshot.LockHolder ?? "nobody"}",
        now);

    /// <summary>Records the intent; numbers go on from earlier Migrations of the same key, so that no Job's name is used twice.</summary>
    private static MigrationDecision.Transition StartAttempt(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
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

    private static MigrationEffect.TakeLock TakeLock(MigrationSnapshot snapshot) => new(snapshot.Migration.Spec.Lock, snapshot.Lease);

    private static MigrationStatus NextAttempt(Migration migration, MigrationStatus status, int number, DateTimeOffset? notBefore) => status with
    {
        State = MigrationState.Running,
        Attempt = number,
        Attempts = [.. status.Attempts, new MigrationAttempt { Number = number, Run = new JobRun { Job = MigrationJob.NameOf(migration, number, verify: false), NotBefore = notBefore } }],
        Reason = null,
        Message = null,
    };

    private static MigrationDecision Run(MigrationSnapshot snapshot, MigrationStatus status, bool verify, DateTimeOffset now)
    {
        var attempt = status.Attempts[^1];
        var run = (verify ? attempt.Verify : attempt.Run) ?? new JobRun();
        if (snapshot.Job is not { } job) return WithoutJob(snapshot, status, attempt, run, verify, now);

        if (!job.IsOurs)
        {
            // Of a Migration of this name that somebody deleted: it goes, and the name is free then.
            if (job.IsDeleting) return new MigrationDecision.Act(snapshot.MayStillWrite ? [] : [new MigrationEffect.FreeJob(job.Name)], status with { Message = $"waiting for Job {job.Name} of an earlier Migration to go" }, PodCheck);

            return Finish(status, MigrationState.Failed, Reasons.JobNameTaken, $"a Job {job.Name} exists that does not belong to this Migration", now);
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
        if (snapshot.Demand == MigrationDemand.GivenUp && !verify) return NotTriedAgain(status, now) ?? Superseded(snapshot, status, now);
        if (run.NotBefore is { } notBefore && now < notBefore) return new MigrationDecision.Act([], status, notBefore - now);

        if (snapshot.LockHolder != snapshot.Migration.Metadata.Name)
        {
            // The lock was taken from us by hand before the Job existed: without it nothing is started.
            return new MigrationDecision.Act(
                snapshot.LockHolder is null ? [TakeLock(snapshot)] : [],
                status with { Message = $"lock {snapshot.Migration.Spec.Lock} was lost to {snapshot.LockHolder ?? "nobody"}: waiting for it" },
                PodCheck);
        }

        if (snapshot.MayStillWrite)
        {
            // A Job may be called failed while its pod is still on its way out, or on a node that is cut off.
            return new MigrationDecision.Act([], status with { Message = "a pod of an earlier Job may still write: waiting for its end" }, PodCheck);
        }

        return new MigrationDecision.Act([new MigrationEffect.CreateJob(MigrationJob.Build(snapshot.Migration, attempt.Number, verify))], status, LookAgain: null);
    }

    private static MigrationDecision.Act WhileItRuns(MigrationSnapshot snapshot, MigrationStatus status, JobRun run, ObservedJob job, DateTimeOffset now)
    {
        var terminate = snapshot.Demand == MigrationDemand.GivenUp && snapshot.Migration.Spec.CancelPolicy == CancelPolicy.Terminate;
        if (terminate && !job.IsDeleting) return new MigrationDecision.Act([new MigrationEffect.DeleteJob(job.Name, job.Uid)], status, PodCheck);

        if (job.IsDeleting)
        {
            // Deleted before its end: once none of its pods can write any more, our finalizer lets it go, and it counts as vanished.
            return snapshot.MayStillWrite
                ? new MigrationDecision.Act([], status with { Message = $"Job {job.Name} was deleted before its end: waiting for its pods to stop" }, PodCheck)
                : new MigrationDecision.Act([new MigrationEffect.FreeJob(job.Name)], status, PodCheck);
        }

        if (job.FailingSince is { } failing)
        {
            return new MigrationDecision.Act([], status with { Message = $"Job {job.Name} has failed ({job.FailureReason}): waiting for its pod to stop" }, failing + StopPatience - now);
        }

        if (!job.HasPod)
        {
            // Kubernetes makes it at once, unless it may not: because of a quota or a policy, or because there is no such ServiceAccount.
            var left = (run.StartedAt ?? now) + PodCheck - now;
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
            return Finish(recorded, MigrationState.Succeeded, Reasons.Completed, verify ? "done and verified" : "done", now);
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

        return Finish(recorded, state, reason, message, now);
    }

    /// <summary>10 s, doubled with every attempt, at most 6 minutes: the back-off of Kubernetes' own Jobs.</summary>
    private static TimeSpan Backoff(int attempts) => TimeSpan.FromTicks(Math.Min(LongestBackoff.Ticks, FirstBackoff.Ticks << Math.Min(attempts - 1, 10)));

    private static MigrationDecision.Transition Vanished(MigrationStatus status, JobRun run, DateTimeOffset now) => Finish(
        status,
        MigrationState.Unknown,
        Reasons.MigrationUnknown,
        $"Job {run.Job} is gone and its result was not recorded: look at the database; it is not started again by itself: an Override declares it done, deleting the Migration lets it run again",
        now);

    /// <summary>
    /// The API server refused the Job of the present run, and nothing was started. What it says of the Job itself no repetition would change; what does not let it in now, such
    /// as a quota, may: it is tried again for as long as the Job might have taken.
    /// </summary>
    /// <param name="migration">With the status as committed.</param>
    /// <param name="why">What the API server said.</param>
    /// <param name="isForGood">Whether it was said of the Job itself.</param>
    /// <param name="now">The present time.</param>
    public static MigrationDecision Refused(Migration migration, string why, bool isForGood, DateTimeOffset now)
    {
        var status = migration.Status ?? new MigrationStatus();
        if (isForGood || status.Attempts is not [.., { } attempt]) return Finish(status, MigrationState.Failed, Reasons.JobRefused, why, now);

        var since = status.State == MigrationState.Verifying ? attempt.Run?.FinishedAt : attempt.Run?.NotBefore ?? status.StartedAt;
        return since is null || now >= since + Durations.OrZero(migration.Spec.Timeout)
            ? Finish(status, MigrationState.Failed, Reasons.JobRefused, $"its Job could not be created within {migration.Spec.Timeout}: {why}", now)
            : new MigrationDecision.Act([], status with { Message = StatusText.Shorten($"its Job cannot be created: {why}") }, JobCheck);
    }

    private static MigrationDecision.Transition Superseded(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => Finish(
        status,
        MigrationState.Superseded,
        Reasons.Superseded,
        snapshot.Migration.Spec.Phase == MigrationPhase.Contract
            ? "its release does not wait for it any more, and it had not begun: what is owed runs as a Migration of its own after a later promotion"
            : "its release does not wait for it any more, and it had not begun",
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
        return Finish(given, state, run.Reason ?? Reasons.CommandFailed, $"{run.Message}; not tried again: {Why}", now);
    }

    private static MigrationDecision.Transition? Dropped(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now) => snapshot.Migration.Spec.Dropped
        ? Finish(status, MigrationState.Superseded, Reasons.ContractDropped, "a revision that needs what it removes was promoted again: this contract is not owed any more", now)
        : null;

    private static MigrationDecision.Transition Finish(MigrationStatus status, MigrationState state, string reason, string message, DateTimeOffset now)
    {
        var good = state is MigrationState.Succeeded or MigrationState.Skipped or MigrationState.Superseded or MigrationState.Undone;
        return new MigrationDecision.Transition(
            status with { State = state, Reason = reason, Message = StatusText.Shorten(message), FinishedAt = now },
            [new Announcement(!good, state is MigrationState.Succeeded ? Reasons.MigrationSucceeded : reason, "Migrate", message)]);
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

    private static MigrationStatus WithQueue(MigrationSnapshot snapshot, MigrationStatus status)
    {
        var ahead = Math.Max(0, snapshot.Queue.ToList().IndexOf(snapshot.Migration.Metadata.Name ?? ""));
        var position = ahead + 1;
        var summary = snapshot.LockHolder is { } holder ? $"{position} in line, held by {holder}" : $"{position} in line";
        return status with
        {
            Reason = null,
            Message = snapshot.LockHolder is { } other && other != snapshot.Migration.Metadata.Name
                ? $"waiting for lock {snapshot.Migration.Spec.Lock}, {position} in line, held by {other}"
                : $"waiting for lock {snapshot.Migration.Spec.Lock}",
            Lock = (status.Lock ?? new LockStatus()) with { Holder = snapshot.LockHolder, Position = position, Summary = summary },
        };
    }

    /// <summary>The result is recorded: the Jobs may go, and the lock goes once no pod can write any more.</summary>
    private static MigrationDecision.Act LetGo(MigrationSnapshot snapshot, MigrationStatus status, DateTimeOffset now)
    {
        List<MigrationEffect> effects = [.. snapshot.HeldJobs.Select(name => new MigrationEffect.FreeJob(name))];
        var holds = snapshot.LockHolder == snapshot.Migration.Metadata.Name;
        if (holds && !snapshot.MayStillWrite) effects.Add(new MigrationEffect.ReleaseLock(snapshot.Migration.Spec.Lock));

        var released = holds || snapshot.MayStillWrite || status.Lock is null || status.Lock.ReleasedAt is not null || status.Lock.AcquiredAt is null
            ? status.Lock
            : status.Lock with { ReleasedAt = now, Holder = null, Position = null, Summary = "released" };
        return new MigrationDecision.Act(effects, status with { Lock = released }, snapshot.MayStillWrite ? PodCheck : null);
    }
}
