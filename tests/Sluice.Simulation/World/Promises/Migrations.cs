using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Migrations: asked for by the committed status; never run again after a recorded success; attempts within retries, repeated only where that is safe; results are what the
/// Jobs' ends say; what nobody saw is Unknown, and stays so until a person speaks.
/// </summary>
internal sealed class Migrations(ReleaseWorld world) : IPromise
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(6);

    private static readonly Dictionary<MigrationState, MigrationState[]> Ways = new()
    {
        [MigrationState.WaitingForLock] = [MigrationState.Running, MigrationState.Skipped, MigrationState.Unknown, MigrationState.Superseded, MigrationState.TimedOut],
        [MigrationState.Running] = [MigrationState.Verifying, MigrationState.Succeeded, MigrationState.Failed, MigrationState.TimedOut, MigrationState.Disrupted, MigrationState.Unknown, MigrationState.Superseded],
        [MigrationState.Verifying] = [MigrationState.Succeeded, MigrationState.Failed, MigrationState.TimedOut, MigrationState.Disrupted, MigrationState.Unknown, MigrationState.Running],
        [MigrationState.Unknown] = [MigrationState.Succeeded],
        [MigrationState.Succeeded] = [MigrationState.Undone],
    };

    private readonly Dictionary<string, (string End, string? Reason)> ends = [];

    /// <summary>UIDs of Jobs whose command has run; their pods may be gone.</summary>
    private readonly HashSet<string> ran = [];

    public void Check(Write write)
    {
        if (write.After is V1Pod pod && pod.Metadata.ControllerOwner() is { Kind: "Job", Uid: { } owner } && Ran(pod)) ran.Add(owner);
        if (write.After is V1Job { Status.Conditions: { } conditions } job && conditions.FirstOrDefault(condition => condition is { Type: "Complete" or "Failed", Status: "True" }) is { } end) ends[job.Metadata.Uid!] = (end.Type, end.Reason);
        else if (write.After is V1Job failing && failing.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "FailureTarget", Status: "True" }) is { } target) ends[failing.Metadata.Uid!] = (target.Type, target.Reason);
        if (write is { IsTheOperators: true, IsCreation: true, After: Migration asked }) CheckCreation(write, asked);
        if (!write.IsRecord(out var before, out var after)) return;

        var (old, next) = (before.Status ?? new MigrationStatus(), after.Status ?? new MigrationStatus());
        Promise.Keep(write.Committed.Subresource == "status", "a Migration's spec never changes", $"{write.Name}");
        CheckAttempts(before, old, next);
        if (old.State == next.State)
        {
            if (next.Attempts.Count > old.Attempts.Count) CheckRetry(write, after, old, next);
            return;
        }

        if (old.State is { } from)
        {
            Promise.Keep(Ways.GetValueOrDefault(from)?.Contains(next.State!.Value) == true, "a Migration that has ended never goes on", $"{write.Name} went from {from} to {next.State}");
        }
        else
        {
            Promise.Keep(next.State is MigrationState.WaitingForLock or MigrationState.Skipped or MigrationState.Unknown or MigrationState.Superseded, "a Migration begins with waiting for its lock", $"{write.Name} went to {next.State}");
        }

        CheckArrival(write, after, old, next);
    }

    private void CheckCreation(Write write, Migration migration)
    {
        var rollout = world.Cluster.Get<Rollout>(write.Namespace, migration.Spec.Rollout);
        var release = rollout?.Status?.Release;
        var isKept = MigrationDemand.IsKept(rollout, migration);
        Promise.Keep(isKept || MigrationDemand.IsNamed(release, migration), "a migration is asked for by the committed status", $"{write.Name} in {release?.Name} {release?.Stage}");
        Promise.Keep(isKept || (!rollout!.Spec.Paused && rollout.Status!.PausedBy is null), "no migration is asked for while the Rollout is paused", $"{write.Name}");
        var planned = world.Cluster.Get<Release>(write.Namespace, migration.Spec.Release)?.Spec.Migration;
        var phase = migration.Spec.Phase switch { MigrationPhase.Contract => planned?.Contract, MigrationPhase.Undo => planned?.Undo, _ => planned?.Expand };
        Promise.Keep(planned is null || phase is not null, "only what is declared is run", $"{write.Name}");
        if (planned is null) return;

        var (spec, expand) = (migration.Spec, phase!);
        Promise.Keep(
            spec.Command.SequenceEqual(expand.Command) && spec.Args.SequenceEqual(expand.Args) && spec.Verify.SequenceEqual(expand.Verify) && spec.Retries == expand.Retries && spec.Idempotent == expand.Idempotent
                && spec.LogTail == expand.LogTail && spec.CancelPolicy == planned.CancelPolicy && Plan.Span(spec.Timeout) == Plan.Span(expand.Timeout) && Plan.Span(spec.LockTimeout) == Plan.Span(planned.LockTimeout)
                && spec.ServiceAccountName == planned.ServiceAccountName && (planned.Lock is null || planned.Lock == spec.Lock) && (planned.Image is null || planned.Image == spec.Image),
            "a Migration is the plan's",
            $"{write.Name}: {spec}, the plan has {planned}");
    }

    private static void CheckAttempts(Migration migration, MigrationStatus old, MigrationStatus next)
    {
        Promise.Keep(next.Attempts.Count <= migration.Spec.Retries + 1, "no more attempts than retries + 1", $"{migration.Metadata.Name} has {next.Attempts.Count} of {migration.Spec.Retries + 1}");
        Promise.Keep(next.Attempts.Count >= old.Attempts.Count && next.Attempts.Count <= old.Attempts.Count + 1, "attempts are only added", $"{migration.Metadata.Name}: {old.Attempts.Count} became {next.Attempts.Count}");
        for (var index = 0; index < old.Attempts.Count; index++)
        {
            var (was, now) = (old.Attempts[index], next.Attempts[index]);
            var isFixed = index < old.Attempts.Count - 1;
            Promise.Keep(
                was.Number == now.Number && (!isFixed || was == now) && Same(was.Run, now.Run) && (was.Verify is null || Same(was.Verify, now.Verify)),
                "what an attempt was stays on record",
                $"{migration.Metadata.Name}: attempt {was.Number} {was.Run} became {now.Run}");
        }
    }

    private static bool Same(JobRun? was, JobRun? now) =>
        was is null || (now is not null && was.Job == now.Job && (was.Uid is null || was.Uid == now.Uid) && (was.ExitCode is null || was.ExitCode == now.ExitCode) && (was.Reason is null || was.Reason == now.Reason) && (was.Log is null || was.Log == now.Log));

    private void CheckArrival(Write write, Migration migration, MigrationStatus old, MigrationStatus next)
    {
        switch (next.State)
        {
            case MigrationState.Running when old.State == MigrationState.WaitingForLock:
                CheckBegin(write, migration);
                break;
            case MigrationState.Running:
                CheckRetry(write, migration, old, next);
                break;
            case MigrationState.Verifying or MigrationState.Succeeded:
                CheckSuccess(write, migration, old, next);
                break;
            case MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted:
                CheckFailure(write, migration, old, next);
                break;
            case MigrationState.Unknown:
                CheckUnknown(write, migration, old, next);
                break;
            case MigrationState.Skipped:
                Promise.Keep(SameKey(migration).Any(other => other.Status?.State == MigrationState.Succeeded), "what was done is skipped, and nothing else", $"{write.Name}");
                break;
            case MigrationState.Superseded:
                Promise.Keep(!IsWanted(migration), "only a migration that nobody waits for is superseded", $"{write.Name}");
                Promise.Keep(old.Attempts.Count < 2, "what has run is not called superseded", $"{write.Name} has {old.Attempts.Count} attempts");
                Promise.Keep(old.Attempts is not [.., { } last] || JobOf(migration, last.Run!) is null, "what has a Job is not called superseded", $"{write.Name} has {old.Attempts[^1].Run!.Job}");
                break;
        }
    }

    private void CheckBegin(Write write, Migration migration)
    {
        Promise.Keep(world.Cluster.Get<V1Lease>(write.Namespace, $"sluice-lock-{migration.Spec.Lock}")?.Spec?.HolderIdentity == write.Name, "an attempt begins with the lock", $"{write.Name} without {migration.Spec.Lock}");
        Promise.Keep(!SameKey(migration).Any(other => other.Status?.State is MigrationState.Succeeded or MigrationState.Unknown), "what is done, or may be, is not done again", $"{write.Name}");
    }

    /// <summary>Again only where its author says that this is safe, or where the command certainly never ran; after a back-off.</summary>
    private void CheckRetry(Write write, Migration migration, MigrationStatus old, MigrationStatus next)
    {
        var failed = next.Attempts[^2];
        var run = failed.Verify ?? failed.Run!;
        Promise.Keep(run.Reason is not null and not "Complete", "an attempt follows one whose failure is recorded", $"{write.Name}: {run}");
        Promise.Keep(End(run) == "Failed", "an attempt follows one that has failed", $"{write.Name}: Job {run.Job} {End(run)}");
        if (!migration.Spec.Idempotent)
        {
            Promise.Keep(failed.Verify is null && !ran.Contains(run.Uid ?? ""), "a command that may have written is started again only where its author says that this is safe", $"{write.Name}: {run.Job} has run");
        }

        var backoff = TimeSpan.FromTicks(Math.Min(LongestBackoff.Ticks, FirstBackoff.Ticks << (old.Attempts.Count - 1)));
        Promise.Keep(next.Attempts[^1].Run!.NotBefore >= write.Second + backoff && next.Attempts[^1].Run!.NotBefore <= write.Clock + backoff, "an attempt waits for its back-off", $"{write.Name} not before {next.Attempts[^1].Run!.NotBefore:O}, failed {write.At:O}, back-off {backoff}");
        Promise.Keep(next.Attempts[^1].Number > failed.Number, "attempts are numbered upwards", $"{next.Attempts[^1].Number} after {failed.Number}");
    }

    private void CheckSuccess(Write write, Migration migration, MigrationStatus old, MigrationStatus next)
    {
        if (next.Reason == Reasons.Overridden)
        {
            Promise.Keep(
                old.State == MigrationState.Unknown && world.Decisions.Any(decision => decision is { Spec.Action: DecisionAction.Override, Status.State: DecisionState.Applied } && decision.Spec.Subject == $"migration/{write.Name}"),
                "an unknown end is declared by a person's Override",
                $"{write.Name} by nobody");
            return;
        }

        var attempt = next.Attempts[^1];
        CheckComplete(write, migration, attempt.Run!);
        if (next.State == MigrationState.Verifying) return;
        Promise.Keep(attempt.Verify is null == (migration.Spec.Verify.Count == 0), "a migration is verified where its author says how", $"{write.Name} succeeded, verified by {attempt.Verify?.Job}");
        if (attempt.Verify is { } verify) CheckComplete(write, migration, verify);
    }

    private void CheckComplete(Write write, Migration migration, JobRun run)
    {
        Promise.Keep(End(run) == "Complete", "a success is recorded of a Job that is complete", $"{write.Name}: Job {run.Job} {run.Uid} has {End(run) ?? "not ended"}");
        Promise.Keep(run.Reason == "Complete" && run.ExitCode is null or 0, "exit 0 and nothing else is a success", $"{write.Name}: {run.Job} {run.Reason} {run.ExitCode}");
        if (JobOf(migration, run) is { } job) CheckLog(write, migration, job, run);
    }

    private void CheckFailure(Write write, Migration migration, MigrationStatus old, MigrationStatus next)
    {
        if (old.State == MigrationState.WaitingForLock)
        {
            Promise.Keep(next.State == MigrationState.TimedOut && next.Reason == Reasons.LockTimeout && write.Clock >= old.Lock!.WaitingSince + Plan.Span(migration.Spec.LockTimeout), "a lock is waited for as long as lockTimeout says", $"{write.Name} {next.State} since {old.Lock?.WaitingSince:O}");
            return;
        }

        if (next.Reason is Reasons.JobNameTaken or Reasons.JobRefused) return;

        var tried = next.Attempts[^1];
        var run = tried.Verify ?? tried.Run!;
        if (run is { Uid: null, Reason: Reasons.Superseded } && next.Attempts is [.., var failed, _])
        {
            Promise.Keep(!IsWanted(migration) && JobOf(migration, run) is null, "what failed is tried again as long as its release waits for it", $"{write.Name}");
            tried = failed;
            run = tried.Verify ?? tried.Run!;
        }

        Promise.Keep(End(run) == "Failed" || IsFailing(migration, run, write), "a failure is recorded of a Job that has failed", $"{write.Name} {next.State}, Job {run.Job} {End(run)}");
        var isLate = ends[run.Uid!].Reason == "DeadlineExceeded";
        Promise.Keep(next.State == MigrationState.TimedOut == isLate, "a Job that ran into its deadline has timed out", $"{write.Name} {next.State}");
        Promise.Keep(next.State != MigrationState.Failed || next.Reason == (tried.Verify is not null ? Reasons.VerifyFailed : Reasons.CommandFailed), "a failure says whose it is", $"{write.Name} {next.Reason} from {old.State}");
        if (JobOf(migration, run) is { } job) CheckLog(write, migration, job, run);
    }

    /// <summary>Of one whose pod does not stop it is recorded all the same, after a while or when a person says that nothing of it writes any more.</summary>
    private bool IsFailing(Migration migration, JobRun run, Write write) =>
        End(run) == "FailureTarget"
        && (Locks.IsOverridden(world, migration.Spec.Lock)
            || JobOf(migration, run)?.Status?.Conditions?.Any(condition => condition is { Type: "FailureTarget", Status: "True" } && condition.LastTransitionTime + TimeSpan.FromMinutes(2) <= write.Clock) == true);

    /// <summary>The end of the log is kept with the result, so that it survives the pod; and not where it is not to be.</summary>
    private void CheckLog(Write write, Migration migration, V1Job job, JobRun run)
    {
        if (!migration.Spec.LogTail)
        {
            Promise.Keep(run.Log is null, "logTail: false keeps no log", $"{write.Name}: {run.Log}");
            return;
        }

        var pod = PodsOf(job).FirstOrDefault(candidate => candidate.Status?.Phase is "Succeeded" or "Failed");
        if (pod?.Metadata.Annotations?.TryGetValue("sandbox.sluice.dev/log", out var log) != true) return;

        // Where calls fail for minutes, the result counts more than the log.
        if (world.Disturbance is null && run.Log?.StartsWith("(the log could not be read: ", StringComparison.Ordinal) == true) return;
        Promise.Keep(run.Log?.Contains(log!, StringComparison.Ordinal) == true, "the end of the log is kept with the result", $"{write.Name}: {run.Job} wrote '{log}', kept is '{run.Log}'");
    }

    private void CheckUnknown(Write write, Migration migration, MigrationStatus old, MigrationStatus next)
    {
        if (old.State is null or MigrationState.WaitingForLock)
        {
            Promise.Keep(SameKey(migration).Any(other => other.Status?.State == MigrationState.Unknown), "what may have been done is not done again", $"{write.Name} is Unknown, no other is");
            return;
        }

        var run = next.Attempts[^1].Verify ?? next.Attempts[^1].Run!;
        Promise.Keep(run.Uid is not null && JobOf(migration, run)?.Metadata.Uid != run.Uid, "unknown is the end of a Job that is gone", $"{write.Name}: {run.Job} {run.Uid}");
    }

    private bool IsWanted(Migration migration) => MigrationDemand.IsOne(world.Cluster.Get<Rollout>(migration.Metadata.Namespace!, migration.Spec.Rollout), migration);

    private IEnumerable<Migration> SameKey(Migration migration) => world.Cluster.List<Migration>(migration.Metadata.Namespace!)
        .Where(other => other.Metadata.Uid != migration.Metadata.Uid && other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Phase == migration.Spec.Phase && other.Spec.Key == migration.Spec.Key && other.Spec.Epoch == migration.Spec.Epoch);

    /// <summary>Which of its ends the run's Job was ever seen to have: Complete, Failed, or null for none. Somebody may have deleted it since.</summary>
    private string? End(JobRun run) => ends.GetValueOrDefault(run.Uid ?? "").End;

    private V1Job? JobOf(Migration migration, JobRun run) => world.Cluster.Get<V1Job>(migration.Metadata.Namespace!, run.Job);

    private IEnumerable<V1Pod> PodsOf(V1Job job) => world.Cluster.List<V1Pod>(job.Metadata.Namespace!).Where(pod => pod.Metadata.ControllerOwner()?.Uid == job.Metadata.Uid);

    private static bool Ran(V1Pod pod) =>
        pod.Status?.ContainerStatuses?.Any(container => container.State?.Running is not null || container.State?.Terminated is not null || container.LastState?.Terminated is not null) == true;

    public static bool Has(V1Job job, string condition) => job.Status?.Conditions?.Any(candidate => candidate.Type == condition && candidate.Status == "True") == true;
}
