using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>Jobs: one for each key and attempt, ever; called for by the Migration's status; of the one shape that runs a command once; held until their result is recorded.</summary>
internal sealed class Jobs(ReleaseWorld world) : IPromise
{
    private readonly HashSet<string> created = [];

    public bool HoldsForLateArrivals => true;

    public void Check(Write write)
    {
        if (write is { IsDeletion: true, Before: Migration forgotten }) Forget(forgotten);
        if (!write.IsTheOperators || write.Resource != "jobs" || Checks.IsOne((write.After ?? write.Before) as V1Job)) return;
        if (write.IsLate)
        {
            if (write.IsCreation) created.Add($"{write.Namespace}/{write.Name}");
            return;
        }

        if (write.IsCreation) CheckCreation(write, (V1Job)write.After!);
        else if (write.Committed.Verb == "delete") CheckDeletion((V1Job)write.Before!);
        else CheckRelease(write, (V1Job)write.Before!, write.After as V1Job);
    }

    private void CheckCreation(Write write, V1Job job)
    {
        Promise.Keep(created.Add($"{write.Namespace}/{write.Name}"), "one Job per key and attempt", $"{write.Name} is created a second time");
        var migration = world.Cluster.Get<Migration>(write.Namespace, job.Metadata.Label(Labels.Migration) ?? "");
        Promise.Keep(migration?.Status?.Attempts is [.., _], "a Job follows the intent", $"{write.Name} for {migration?.Metadata.Name}");
        var (status, attempt) = (migration!.Status!, migration.Status!.Attempts[^1]);
        var isVerify = status.State == MigrationState.Verifying;
        Promise.Keep(status.State is MigrationState.Running or MigrationState.Verifying, "a Job follows the intent", $"{write.Name} while {migration.Metadata.Name} is {status.State}");
        var run = isVerify ? attempt.Verify : attempt.Run;
        Promise.Keep(run?.Job == write.Name && run.Uid is null, "a Job is created once for its run", $"{write.Name}, recorded {run?.Job} {run?.Uid}");
        Promise.Keep(!(write.Clock < run!.NotBefore), "a Job waits for its back-off", $"{write.Name} at {write.Clock:O}, not before {run.NotBefore:O}");
        Promise.Keep(world.Cluster.Get<V1Lease>(write.Namespace, $"sluice-lock-{migration.Spec.Lock}")?.Spec?.HolderIdentity == migration.Metadata.Name, "the lock is held before the Job is created", $"{write.Name} without {migration.Spec.Lock}");
        CheckAlone(write, migration);
        CheckDone(write, migration);
        CheckShape(write, job, migration, isVerify);
    }

    /// <summary>A person who deletes the record of a migration has it run again, as the operator tells; its Jobs then have the same names.</summary>
    private void Forget(Migration migration)
    {
        foreach (var attempt in migration.Status?.Attempts ?? [])
        {
            foreach (var run in (JobRun?[])[attempt.Run, attempt.Verify]) created.Remove($"{migration.Metadata.Namespace}/{run?.Job}");
        }
    }

    /// <summary>One live Job per lock: neither another Job nor a pod of one may still write. A Job on its way out gets no pod any more; those it has are looked at.</summary>
    private void CheckAlone(Write write, Migration migration)
    {
        var sharing = world.Migrations.Where(other => other.Spec.Lock == migration.Spec.Lock).Select(other => other.Metadata.Name).ToHashSet();
        var live = world.Cluster.List<V1Job>(write.Namespace).FirstOrDefault(other => other.Metadata.DeletionTimestamp is null && other.Metadata.Name != write.Name && sharing.Contains(other.Metadata.Label(Labels.Migration)) && !Migrations.Has(other, "Complete") && !Migrations.Has(other, "Failed"));
        Promise.Keep(live is null, "one live Job per lock", $"{write.Name} beside {live?.Metadata.Name}");
        var pod = world.Cluster.List<V1Pod>(write.Namespace).FirstOrDefault(candidate => sharing.Contains(candidate.Metadata.Label(Labels.Migration)) && candidate.Status?.Phase is not ("Succeeded" or "Failed"));
        Promise.Keep(pod is null || Locks.IsOverridden(world, migration.Spec.Lock), "no Job begins while a pod of another may still write", $"{write.Name} beside {pod?.Metadata.Name}");
    }

    private void CheckDone(Write write, Migration migration)
    {
        var done = world.Migrations.FirstOrDefault(other => other.Metadata.Uid != migration.Metadata.Uid && other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Phase == migration.Spec.Phase && other.Spec.Key == migration.Spec.Key && other.Spec.Epoch == migration.Spec.Epoch
            && other.Status?.State is MigrationState.Succeeded or MigrationState.Unknown && other.Spec.Key == migration.Spec.Key && other.Spec.Rollout == migration.Spec.Rollout && other.Metadata.Uid != migration.Metadata.Uid);
        Promise.Keep(done is null, "what is done, or may be, is not done again", $"{write.Name}: {done?.Metadata.Name} is {done?.Status?.State}");
    }

    private static void CheckShape(Write write, V1Job job, Migration migration, bool isVerify)
    {
        var spec = job.Spec!;
        Promise.Keep(
            spec is { BackoffLimit: 0, PodReplacementPolicy: "Failed", TtlSecondsAfterFinished: null } && spec.Suspend != true && (spec.Parallelism ?? 1) == 1 && (spec.Completions ?? 1) == 1 && spec.ActiveDeadlineSeconds == (long)Plan.Span(migration.Spec.Timeout).TotalSeconds,
            "a Job runs its command once, for timeout at most, and stays",
            $"{write.Name}: backoffLimit {spec.BackoffLimit}, {spec.PodReplacementPolicy}, TTL {spec.TtlSecondsAfterFinished}, deadline {spec.ActiveDeadlineSeconds} of {migration.Spec.Timeout}");
        Promise.Keep(job.Metadata.Finalizers?.Contains(Finalizers.MigrationResult) == true, "a Job is held until its result is recorded", $"{write.Name} has no finalizer");
        Shapes.CheckOwner(job.Metadata, Migration.KindName, migration.Metadata.Uid);
        var (labels, annotations) = (spec.Template!.Metadata!.Labels!, spec.Template.Metadata.Annotations!);
        Promise.Keep(labels.GetValueOrDefault(Labels.Migration) == migration.Metadata.Name && job.Metadata.Label(Labels.Attempt) == $"{migration.Status!.Attempts[^1].Number}", "a Job and its pods are labelled", $"{write.Name}");
        Promise.Keep(annotations.GetValueOrDefault("cluster-autoscaler.kubernetes.io/safe-to-evict") == "false" && annotations.GetValueOrDefault("karpenter.sh/do-not-disrupt") == "true", "a migration is not to be evicted", $"{write.Name}");
        var pod = spec.Template.Spec!.Value;
        var container = pod.GetProperty("containers")[0];
        var command = container.GetProperty("command").EnumerateArray().Select(part => part.GetString()!);
        Promise.Keep(pod.GetProperty("restartPolicy").GetString() == "Never" && pod.GetProperty("serviceAccountName").GetString() == migration.Spec.ServiceAccountName, "a Job's pod is never restarted and has the rights that its author named", $"{write.Name}");
        Promise.Keep(command.SequenceEqual(isVerify ? migration.Spec.Verify : migration.Spec.Command) && container.GetProperty("image").GetString() == migration.Spec.Image, "a Job runs the migration's command", $"{write.Name}");
        Promise.Keep(container.GetProperty("securityContext").GetProperty("allowPrivilegeEscalation").GetBoolean() == false && pod.GetProperty("securityContext").GetProperty("runAsNonRoot").GetBoolean(), "a Job's pod is restricted", $"{write.Name}");
    }

    private void CheckDeletion(V1Job job)
    {
        var migration = world.Cluster.Get<Migration>(job.Metadata.Namespace!, job.Metadata.Label(Labels.Migration) ?? "");
        Promise.Keep(migration is { Spec.CancelPolicy: CancelPolicy.Terminate, Status.State: MigrationState.Running or MigrationState.Verifying }, "a running Job is ended only where cancelPolicy says so", $"{job.Metadata.Name} of {migration?.Spec.CancelPolicy} {migration?.Status?.State}");
        var rollout = world.Cluster.Get<Rollout>(job.Metadata.Namespace!, migration!.Spec.Rollout);
        Promise.Keep(rollout?.Metadata.DeletionTimestamp is not null || !MigrationDemand.IsNamed(rollout?.Status?.Release, migration), "a running Job is ended only once nobody waits for it", $"{job.Metadata.Name}");
    }

    /// <summary>The finalizer goes once the result is on record, or the Job was deleted and none of its pods can write any more.</summary>
    private void CheckRelease(Write write, V1Job before, V1Job? after)
    {
        Promise.Keep(after is null || after.Spec == before.Spec || write.Committed.Before!["spec"]!.ToJsonString() == write.Committed.After["spec"]!.ToJsonString(), "a Job is never changed", $"{write.Name}");
        if (before.Metadata.Finalizers?.Contains(Finalizers.MigrationResult) != true || after?.Metadata.Finalizers?.Contains(Finalizers.MigrationResult) == true) return;

        var migration = world.Cluster.Get<Migration>(write.Namespace, before.Metadata.Label(Labels.Migration) ?? "");
        if (migration is null || migration.Metadata.Uid != before.Metadata.ControllerOwner()?.Uid) return;

        var isRecorded = migration.Status?.State is not (null or MigrationState.WaitingForLock or MigrationState.Running or MigrationState.Verifying);
        var live = world.Cluster.List<V1Pod>(write.Namespace).FirstOrDefault(pod => pod.Metadata.ControllerOwner()?.Uid == before.Metadata.Uid && pod.Status?.Phase is not ("Succeeded" or "Failed"));
        Promise.Keep(isRecorded || (before.Metadata.DeletionTimestamp is not null && live is null), "a Job is held until its result is recorded", $"{write.Name} was let go while {migration.Metadata.Name} is {migration.Status?.State}, {live?.Metadata.Name}");
    }
}
