using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Contract and undo begin when nothing that they would break is left: no pod of another revision, no open canary of a Rollout with the same lock; and nobody opens a canary
/// while a contract runs. What a later contract or an undo has made void is not skipped.
/// </summary>
internal sealed class Contracts(ReleaseWorld world) : IPromise
{
    public void Check(Write write)
    {
        if (write is { IsTheOperators: true, Resource: "jobs", IsCreation: true, After: V1Job job } && !Checks.IsOne(job)) CheckJob(write, job);
        if (write is { IsTheOperators: true, After: V1ReplicaSet set } && (write.Before as V1ReplicaSet)?.Spec?.Replicas is null or 0 && set.Spec?.Replicas > 0) CheckCanary(write, set);
        if (!write.IsRecord(out var before, out var after) || before.Status?.State == after.Status?.State) return;

        if (after.Status?.State == MigrationState.Skipped) CheckSkipped(write, after);
        if (after.Status?.State == MigrationState.Undone) CheckUndone(write, after);
    }

    private void CheckJob(Write write, V1Job job)
    {
        var migration = world.Cluster.Get<Migration>(write.Namespace, job.Metadata.Label(Labels.Migration) ?? "");
        if (migration is null || migration.Spec.Phase == MigrationPhase.Expand || migration.Status?.Attempts.Count != 1 || migration.Status.State != MigrationState.Running) return;

        var release = world.Cluster.Get<Rollout>(write.Namespace, migration.Spec.Rollout)?.Status?.Release;
        if (!MigrationDemand.IsNamed(release, migration)) return;

        var isContract = migration.Spec.Phase == MigrationPhase.Contract;
        var pod = world.Cluster.List<V1Pod>(write.Namespace, (Labels.Rollout, migration.Spec.Rollout))
            .FirstOrDefault(candidate => candidate.Status?.Phase is not ("Succeeded" or "Failed") && (isContract ? candidate.Metadata.Label(Labels.Revision) != release!.Revision : candidate.Metadata.Label(Labels.Revision) == release!.Revision));

        // Whoever makes pods of an old revision by hand may do so between the look and the Job.
        Promise.Keep(pod is null || world.Disturbance is null, isContract ? "no contract before the last old pod is gone" : "no undo before the last canary pod is gone", $"{write.Name} beside {pod?.Metadata.Name} of {pod?.Metadata.Label(Labels.Revision)}");
        if (!isContract)
        {
            Promise.Keep(!world.Migrations.Any(other => other.Spec.Phase == MigrationPhase.Contract && other.Spec.Release == migration.Spec.Release && other.Status?.StartedAt is not null), "no undo after a contract", $"{write.Name}");
            return;
        }

        var open = world.Cluster.List<Rollout>(write.Namespace).FirstOrDefault(other => other.Metadata.Name != migration.Spec.Rollout && LockOf(other) == migration.Spec.Lock && HasCanary(other));
        Promise.Keep(open is null, "no contract beside an open canary of the same lock", $"{write.Name} beside {open?.Metadata.Name} in {open?.Status?.Release?.Stage}");
    }

    private void CheckCanary(Write write, V1ReplicaSet set)
    {
        var rollout = world.Cluster.Get<Rollout>(write.Namespace, set.Metadata.Label(Labels.Rollout) ?? "");
        if (rollout?.Status?.Release is not { Stage: Stage.Starting or Stage.Stepping or Stage.Promoting } release || release.Revision != set.Metadata.Label(Labels.Revision)) return;

        var contract = world.Migrations.FirstOrDefault(migration => migration is { Spec.Phase: MigrationPhase.Contract, Status.State: MigrationState.Running or MigrationState.Verifying } && migration.Spec.Lock == LockOf(rollout));
        Promise.Keep(contract is null, "no canary is opened while a contract runs", $"{write.Name} beside {contract?.Metadata.Name}");
    }

    /// <summary>What was done is done no more, once it was undone, or the contract of a later release has begun.</summary>
    private void CheckSkipped(Write write, Migration migration)
    {
        var same = world.Migrations.Where(other => other.Metadata.Uid != migration.Metadata.Uid && other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Phase == migration.Spec.Phase && other.Spec.Key == migration.Spec.Key && other.Spec.Epoch == migration.Spec.Epoch).ToList();
        var known = same.Where(other => other.Metadata.CreationTimestamp <= migration.Metadata.CreationTimestamp).Select(Number).Where(number => number < Number(migration)).DefaultIfEmpty(0).Max();
        var later = world.Migrations.FirstOrDefault(other => other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Phase == MigrationPhase.Contract && HasBegun(other) && other.Status!.StartedAt < migration.Metadata.CreationTimestamp && Number(other) > known && Number(other) < Number(migration));
        Promise.Keep(later is null || known == 0, "what a later contract has made void is not skipped", $"{write.Name} of epoch {migration.Spec.Epoch}, {later?.Metadata.Name} has begun");
        var undo = world.Migrations.FirstOrDefault(other => other.Spec.Phase == MigrationPhase.Undo && HasBegun(other) && migration.Spec.Phase == MigrationPhase.Expand && other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Undoes == migration.Spec.Key && other.Spec.Epoch == migration.Spec.Epoch);
        Promise.Keep(undo is null, "what was undone is not skipped", $"{write.Name} of epoch {migration.Spec.Epoch}, {undo?.Metadata.Name} has begun");
    }

    private void CheckUndone(Write write, Migration migration) => Promise.Keep(
        world.Migrations.Any(undo => undo is { Spec.Phase: MigrationPhase.Undo, Status.State: MigrationState.Succeeded } && undo.Spec.Undoes == migration.Spec.Key && undo.Spec.Epoch == migration.Spec.Epoch),
        "a migration is called undone once its undo has succeeded",
        $"{write.Name}");

    private bool HasCanary(Rollout rollout) => rollout.Status?.Release is { Stage: Stage.Starting or Stage.Stepping or Stage.Promoting or Stage.RollingBack } release
        && world.Cluster.List<V1ReplicaSet>(rollout.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!), (Labels.Revision, release.Revision)).Any(set => set.Spec?.Replicas > 0);

    private string? LockOf(Rollout rollout)
    {
        var record = world.Cluster.Get<Release>(rollout.Metadata.Namespace!, rollout.Status?.Release?.Name ?? "");
        var migration = record is null ? rollout.Spec.Migration : record.Spec.Migration;
        return migration is null ? null : migration.Lock ?? rollout.Metadata.Name;
    }

    private static bool HasBegun(Migration migration) => migration.Status is { StartedAt: not null, State: not MigrationState.Superseded };

    private static int Number(Migration migration) => int.Parse(migration.Spec.Release[(migration.Spec.Release.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
