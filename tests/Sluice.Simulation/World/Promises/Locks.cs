using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>Locks: taken when free, first come first served; never from a holder; given back by their holder alone, when nothing of it can write any more.</summary>
internal sealed class Locks(ReleaseWorld world) : IPromise
{
    public void Check(Write write)
    {
        if (!write.IsTheOperators || write.After is not V1Lease lease) return;

        var (was, now) = ((write.Before as V1Lease)?.Spec?.HolderIdentity ?? "", lease.Spec?.HolderIdentity ?? "");
        Promise.Keep(write.Name.StartsWith("sluice-lock-", StringComparison.Ordinal), "the Leases written are locks", $"{write.Name}");
        if (was == now) return;
        if (now.Length > 0) CheckTaken(write, was, now);
        else CheckGivenBack(write, was);
    }

    private void CheckTaken(Write write, string was, string now)
    {
        if (was.Length > 0)
        {
            var isOver = world.Cluster.Get<Migration>(write.Namespace, was) is not { } holder || (!IsAtWork(holder) && holder.Status?.State is not (null or MigrationState.WaitingForLock));
            var isStill = Live(write, was) is null || IsOverridden(world, write.Name["sluice-lock-".Length..]);
            Promise.Keep(isOver && isStill, "a lock is never taken from its holder", $"{write.Name} went from {was} to {now}");
        }

        var migration = world.Cluster.Get<Migration>(write.Namespace, now);
        Promise.Keep(migration?.Status?.State is MigrationState.WaitingForLock or MigrationState.Running or MigrationState.Verifying && $"sluice-lock-{migration.Spec.Lock}" == write.Name, "a lock is taken by who waits for it", $"{write.Name} by {now}, {migration?.Status?.State}");
        if (migration!.Status!.State != MigrationState.WaitingForLock || world.Disturbance is null) return;

        // A Migration made in the meantime of a view's lag is not seen yet; one that is as old as that is.
        var before = world.Cluster.List<Migration>(write.Namespace).FirstOrDefault(other => other.Spec.Lock == migration.Spec.Lock && other.Status is { State: MigrationState.WaitingForLock, Reason: not Reasons.PodsInTheWay } && other.Metadata.Name != now
            && (other.Metadata.CreationTimestamp < migration.Metadata.CreationTimestamp || (other.Metadata.CreationTimestamp == migration.Metadata.CreationTimestamp && string.CompareOrdinal(other.Metadata.Name, now) < 0))
            && other.Metadata.CreationTimestamp <= write.At - world.Disturbance);
        Promise.Keep(before is null, "first come, first served", $"{now} took {write.Name} before {before?.Metadata.Name}");
    }

    private void CheckGivenBack(Write write, string was)
    {
        var migration = world.Cluster.Get<Migration>(write.Namespace, was);
        // A contract that finds an open canary with the lock in hand has not begun, and lets others go first.
        if (migration is { Spec.Phase: not MigrationPhase.Expand, Status: { State: MigrationState.WaitingForLock, StartedAt: null } }) return;

        // Nor does one that came to it by what a person did to the Lease of another one that is at work.
        if (migration is { Status: { State: MigrationState.WaitingForLock, StartedAt: null } } && world.Migrations.Any(other => other.Spec.Lock == migration.Spec.Lock && other.Metadata.Name != was && IsAtWork(other))) return;
        Promise.Keep(migration?.Status?.State is not (null or MigrationState.WaitingForLock or MigrationState.Running or MigrationState.Verifying), "a lock is given back once the result is recorded", $"{write.Name} by {was}, {migration?.Status?.State}");
        if (IsOverridden(world, write.Name["sluice-lock-".Length..])) return;
        Promise.Keep(Live(write, was) is null, "a lock is held until the Job's pods are terminal", $"{write.Name} by {was}, {Live(write, was)} still runs");
    }

    private static bool IsAtWork(Migration migration) => migration.Status is { State: MigrationState.Running or MigrationState.Verifying } or { Lock: { AcquiredAt: not null, ReleasedAt: null } };

    /// <summary>A person has said that no pod of the holder can write any more.</summary>
    public static bool IsOverridden(ReleaseWorld world, string name) =>
        world.Decisions.Any(decision => decision is { Spec.Action: DecisionAction.Override, Status.State: DecisionState.Applied } && decision.Spec.Subject == $"lock/{name}");

    private string? Live(Write write, string migration) => world.Cluster.List<V1Pod>(write.Namespace, (Labels.Migration, migration))
        .FirstOrDefault(pod => pod.Status?.Phase is not ("Succeeded" or "Failed"))?.Metadata.Name;
}
