using Sluice.Api;
using Sluice.Engine.Decisions;
using Sluice.Engine.Jobs;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Jobs;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>
/// Gathers what a Migration's decision rests on. Migrations are few and their mistakes are dear: locks, and everything that rests on an absence, are read live.
/// </summary>
internal sealed class MigrationObserver(IClusterReader reader, TimeProvider time)
{
    private readonly JobObserver jobs = new(reader, time);
    private readonly ObstacleObserver obstacles = new(reader);

    public async Task<MigrationSnapshot> ObserveAsync(Migration migration, CancellationToken ct)
    {
        var key = NamespacedName.Of(migration);
        var state = migration.Status?.State;
        var isTerminal = MigrationEngine.IsTerminal(state);
        var isWaiting = state is null or MigrationState.WaitingForLock;
        var lease = isTerminal && migration.Status?.Lock is null or { ReleasedAt: not null }
            ? null
            : await reader.GetLiveAsync<V1Lease>(new NamespacedName(key.Namespace, ObjectNames.LockLease(migration.Spec.Lock)), ct);
        var holder = lease?.Spec?.HolderIdentity is { Length: > 0 } name ? name : null;
        var isLeft = !isTerminal && holder is not null && holder != key.Name && await IsLeftByAsync(new NamespacedName(key.Namespace, holder), migration.Spec.Lock, ct);
        var all = reader.List<V1Job>(key.Namespace, JobLabels(key.Name));
        var rollout = isTerminal ? null : await RolloutOfAsync(migration, ct);
        var demand = DemandOf(rollout, migration);
        var obstacle = isWaiting && demand == MigrationDemand.Wanted ? await obstacles.OfAsync(rollout!, migration, ct) : null;
        var isFree = holder is null || isLeft || holder == key.Name;

        // To be the first in line, with nobody at work, rests on the absence of others.
        var peers = isWaiting && isFree && obstacle is null ? await reader.ListLiveAsync<Migration>(key.Namespace, ct) : null;
        var mayHoldPods = !isTerminal || holder == key.Name || migration.Status?.Lock is { AcquiredAt: not null, ReleasedAt: null };
        return new MigrationSnapshot
        {
            Migration = migration,
            UndoneBy = state == MigrationState.Succeeded && migration.Spec.Phase == MigrationPhase.Expand ? UndoneBy(migration) : null,
            Obstacle = obstacle,
            LockOverride = mayHoldPods ? LockOverrideOf(migration) : null,
            Override = state == MigrationState.Unknown ? OverrideOf(migration) : null,
            Demand = demand,
            SameKey = isWaiting ? await SameKeyAsync(migration, ct) : [],
            Queue = isWaiting ? QueueOf(migration, peers ?? reader.List<Migration>(key.Namespace)) : [],
            LockHolder = isLeft ? null : holder,
            Lease = lease,
            AtWork = peers?.FirstOrDefault(other => other.Spec.Lock == migration.Spec.Lock && other.Metadata.Name != key.Name && MigrationRecords.IsAtWork(other))?.Metadata.Name,
            Job = isTerminal ? null : await JobAsync(migration, ct),
            HeldJobs = isTerminal ? [.. all.Where(job => job.Metadata.HasFinalizer(Finalizers.MigrationResult)).Select(job => job.Metadata.Name ?? "")] : [],
            HasLivePods = mayHoldPods && (await HasLivePodsAsync(key, ct) || (isWaiting && holder == key.Name && await HasJobsAtWorkAsync(key, ct))),
        };
    }

    /// <summary>
    /// An Override that the Rollout's reconciler has let count. It was judged after the end of this very Migration: one of the same name may have been deleted before.
    /// </summary>
    private DecisionRecord? OverrideOf(Migration migration) =>
        reader.List<Decision>(migration.Metadata.Namespace ?? "")
            .Where(decision => decision is { Spec.Action: DecisionAction.Override, Status.State: DecisionState.Applied }
                && decision.Spec.Rollout == migration.Spec.Rollout
                && decision.Spec.Subject == $"{Subjects.Migration}{migration.Metadata.Name}"
                && decision.Status.AnsweredAt >= migration.Status?.FinishedAt)
            .Select(Records.Of)
            .FirstOrDefault();

    private static Dictionary<string, string> JobLabels(string migration) => new() { [Labels.Migration] = migration };

    /// <summary>By a live read: the cache may not have seen yet that its release began, or that it has ended.</summary>
    private Task<Rollout?> RolloutOfAsync(Migration migration, CancellationToken ct) =>
        reader.GetLiveAsync<Rollout>(new NamespacedName(migration.Metadata.Namespace ?? "", migration.Spec.Rollout), ct);

    private string? UndoneBy(Migration migration) =>
        reader.List<Migration>(migration.Metadata.Namespace ?? "", new Dictionary<string, string> { [Labels.Rollout] = migration.Spec.Rollout })
            .FirstOrDefault(undo => undo.Status?.State == MigrationState.Succeeded && MigrationRecords.Takes(undo, migration))?.Metadata.Name;

    /// <summary>An Override of the lock that a Rollout's reconciler has let count since the last Job began: what it says of an earlier one's pod says nothing of that.</summary>
    private DecisionRecord? LockOverrideOf(Migration migration) =>
        LockOverrides(migration.Metadata.Namespace ?? "", migration.Spec.Lock)
            .Where(decision => decision.Status?.AnsweredAt >= (MigrationRecords.LastBegunAt(migration) ?? migration.Status?.Lock?.AcquiredAt ?? migration.Status?.Lock?.WaitingSince))
            .Select(Records.Of)
            .FirstOrDefault();

    private IEnumerable<Decision> LockOverrides(string ns, string lockName) =>
        reader.List<Decision>(ns)
            .Where(decision => decision is { Spec.Action: DecisionAction.Override, Status.State: DecisionState.Applied } && decision.Spec.Subject == $"{Subjects.Lock}{lockName}");

    /// <summary>
    /// Whether the holder was deleted, or has ended and does not hold the lock by its own record, and no Job or pod of it is left that could still write, as far as anybody
    /// knows. A Job that has ended may stay: nobody need delete it.
    /// </summary>
    private async Task<bool> IsLeftByAsync(NamespacedName holder, string lockName, CancellationToken ct)
    {
        if (MayHold(reader.Get<Migration>(holder)) || MayHold(await reader.GetLiveAsync<Migration>(holder, ct))) return false;
        if (!(await reader.ListLiveAsync<V1Job>(holder.Namespace, JobLabels(holder.Name), ct)).All(JobReader.HasEnded)) return false;

        // What a person has said of the holder's pods was said of those that there were.
        var overridden = LockOverrides(holder.Namespace, lockName).Max(decision => decision.Status?.AnsweredAt);
        var pods = await reader.ListLiveAsync<V1Pod>(holder.Namespace, JobLabels(holder.Name), ct);
        return !pods.Any(pod => MigrationPods.MayRun(pod) && !(pod.Metadata.CreationTimestamp <= overridden));
    }

    private static bool MayHold(Migration? holder) => holder is not null && MigrationRecords.MayHoldItsLock(holder);

    /// <summary>A contract and an undo are wanted by the name that the status gives them: a contract that is owed runs for a later release.</summary>
    private static MigrationDemand DemandOf(Rollout? rollout, Migration migration)
    {
        if (rollout is not { Metadata.DeletionTimestamp: null, Status.Release: { } release }) return MigrationDemand.GivenUp;

        return (migration.Spec.Phase, release.Stage) switch
        {
            (MigrationPhase.Expand, Stage.Expanding) when release.Name == migration.Spec.Release => MigrationDemand.Wanted,
            (MigrationPhase.Contract, Stage.Contracting) when release.Migration?.Contract is { } contract && contract.Migration == migration.Metadata.Name =>
                contract.Withdrawn ? MigrationDemand.Withdrawn : MigrationDemand.Wanted,
            (MigrationPhase.Undo, Stage.Undoing) when release.Migration?.Undo?.Migration == migration.Metadata.Name => MigrationDemand.Wanted,
            _ => MigrationDemand.GivenUp,
        };
    }

    private async Task<IReadOnlyList<Migration>> SameKeyAsync(Migration migration, CancellationToken ct)
    {
        var labels = new Dictionary<string, string> { [Labels.Rollout] = migration.Spec.Rollout };
        var all = await reader.ListLiveAsync<Migration>(migration.Metadata.Namespace ?? "", labels, ct);
        return
        [
            .. all.Where(other => other.Metadata.Name != migration.Metadata.Name
                && other.Spec.Rollout == migration.Spec.Rollout
                && other.Spec.Phase == migration.Spec.Phase
                && other.Spec.Key == migration.Spec.Key
                && other.Spec.Epoch == migration.Spec.Epoch),
        ];
    }

    /// <summary>First come, first served: by creation, then by name.</summary>
    private static List<string> QueueOf(Migration migration, IReadOnlyList<Migration> peers) =>
    [
        .. peers
            .Where(other => other.Metadata.Name == migration.Metadata.Name || (other.Spec.Lock == migration.Spec.Lock && (other.Status is null or { State: null } or { State: MigrationState.WaitingForLock, Reason: not Reasons.PodsInTheWay })))
            .OrderBy(other => other.Metadata.CreationTimestamp)
            .ThenBy(other => other.Metadata.Name, StringComparer.Ordinal)
            .Select(other => other.Metadata.Name ?? ""),
    ];

    private async Task<ObservedJob?> JobAsync(Migration migration, CancellationToken ct)
    {
        if (migration.Status?.Attempts is not [.., { } attempt]) return null;

        var run = migration.Status.State == MigrationState.Verifying ? attempt.Verify : attempt.Run;
        if (run is null || run.Job.Length == 0) return null;

        var key = new NamespacedName(migration.Metadata.Namespace ?? "", run.Job);
        var job = reader.Get<V1Job>(key) ?? await reader.GetLiveAsync<V1Job>(key, ct);

        // One of a Migration that was deleted may have gone since it was seen; and that a pod has not stopped is said of what is so now.
        if (job is not null && (job.Metadata.ControllerOwner()?.Uid != migration.Metadata.Uid || JobReader.IsFailing(job))) job = await reader.GetLiveAsync<V1Job>(key, ct);
        if (job is null) return null;

        var observed = await jobs.ObserveAsync(job, JobLabels(migration.Metadata.Name ?? ""), migration.Metadata.Uid, migration.Spec.LogTail && run.FinishedAt is null, ct);
        return !observed.IsOurs && await IsLeftOverAsync(job, ct) ? observed with { IsDeleting = true } : observed;
    }

    /// <summary>Whether the Migration that a Job belongs to was deleted: the garbage collector is about to delete the Job too.</summary>
    private async Task<bool> IsLeftOverAsync(V1Job job, CancellationToken ct) =>
        job.Metadata.ControllerOwner() is { Kind: Migration.KindName } owner
        && (await reader.GetLiveAsync<Migration>(new NamespacedName(job.Metadata.Namespace ?? "", owner.Name), ct))?.Metadata.Uid != owner.Uid;

    /// <summary>Before its first attempt a Migration has no Job: what is there is of one of its name that was deleted, and may have its pod still to come until it has ended or is on its way out.</summary>
    private async Task<bool> HasJobsAtWorkAsync(NamespacedName key, CancellationToken ct) =>
        (await reader.ListLiveAsync<V1Job>(key.Namespace, JobLabels(key.Name), ct)).Any(job => job.Metadata.DeletionTimestamp is null && !JobReader.HasEnded(job));

    private async Task<bool> HasLivePodsAsync(NamespacedName key, CancellationToken ct)
    {
        var pods = await reader.ListLiveAsync<V1Pod>(key.Namespace, JobLabels(key.Name), ct);
        return pods.Any(MigrationPods.MayRun);
    }
}
