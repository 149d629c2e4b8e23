using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Migrations;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Looks, before the first pods of a new revision are started, whether a contract holds the lock of its migration.</summary>
internal sealed class ContractLocks(IClusterReader reader)
{
    /// <summary>Name of the contract, by live reads of the lock and of the contracts; null when there is none, or when it does not matter now.</summary>
    /// <param name="rollout">The Rollout with the status as committed.</param>
    /// <param name="record">The Release in flight.</param>
    /// <param name="migrations">The Rollout's.</param>
    /// <param name="sets">The Rollout's.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<string?> HolderAsync(Rollout rollout, Release? record, IReadOnlyList<Migration> migrations, IReadOnlyList<V1ReplicaSet> sets, CancellationToken ct)
    {
        if (rollout.Status?.Release is not { } release || MigrationLocks.OfFlight(rollout, record) is not { } wanted) return null;
        if (!IsAboutToOpen(release, migrations, sets)) return null;

        var ns = rollout.Metadata.Namespace ?? "";
        var lease = await reader.GetLiveAsync<V1Lease>(new NamespacedName(ns, ObjectNames.LockLease(wanted)), ct);
        if (lease?.Spec?.HolderIdentity is { Length: > 0 } holder)
        {
            var key = new NamespacedName(ns, holder);
            var found = reader.Get<Migration>(key) ?? await reader.GetLiveAsync<Migration>(key, ct);
            if (found?.Spec.Phase == MigrationPhase.Contract && MigrationRecords.MayHoldItsLock(found)) return holder;
        }

        // Somebody may have edited or deleted the Lease: that begins no contract, and ends none.
        return (await reader.ListLiveAsync<Migration>(ns, ct))
            .FirstOrDefault(migration => migration.Spec.Phase == MigrationPhase.Contract && migration.Spec.Lock == wanted && MigrationRecords.IsAtWork(migration))?.Metadata.Name;
    }

    private static bool IsAboutToOpen(ReleaseProgress release, IReadOnlyList<Migration> migrations, IReadOnlyList<V1ReplicaSet> sets) => release.Stage switch
    {
        Stage.Expanding => migrations.Any(expand => expand.Metadata.Name == ObjectNames.Migration(release.Name, MigrationPhase.Expand) && expand.Status?.State is MigrationState.Succeeded or MigrationState.Skipped),
        Stage.Starting or Stage.Stepping or Stage.Promoting => !sets.Any(set => set.Metadata.Label(Labels.Revision) == release.Revision && set.Spec?.Replicas > 0),
        _ => false,
    };
}
