using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Migrations;

/// <summary>What the Migrations of a Rollout, which outlive it, tell of the past.</summary>
public static class MigrationRecords
{
    /// <summary>Number of the release whose migration it is.</summary>
    public static int NumberOf(Migration migration) => ObjectNames.NumberIn(migration.Spec.Release);

    /// <summary>Whether an attempt was recorded, after which its Job may exist.</summary>
    public static bool HasBegun(Migration migration) => migration.Status is { StartedAt: not null, State: not MigrationState.Superseded };

    /// <summary>Whether it has begun, and ended otherwise than it should.</summary>
    public static bool HasFailed(Migration migration) =>
        HasBegun(migration) && migration.Status?.State is MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted or MigrationState.Unknown;

    /// <summary>Whether it was given up because its lock was not free, or pods were in the way, for too long.</summary>
    public static bool NeverHadItsLock(Migration migration) => migration.Status is { State: MigrationState.TimedOut, StartedAt: null };

    /// <summary>Whether it works under its lock by its own record, or may do so as long as it has not recorded that it gave the lock back.</summary>
    public static bool IsAtWork(Migration migration) =>
        migration.Status is { State: MigrationState.Running or MigrationState.Verifying } or { Lock: { AcquiredAt: not null, ReleasedAt: null } };

    /// <summary>Whether it may have a lock whose Lease names it: one that has ended, and given it back or never begun, does not, though somebody may have written it there.</summary>
    public static bool MayHoldItsLock(Migration migration) => !MigrationEngine.IsTerminal(migration.Status?.State) || IsAtWork(migration);

    /// <summary>When its newest Job began; null before the first.</summary>
    public static DateTimeOffset? LastBegunAt(Migration migration) =>
        migration.Status?.Attempts.SelectMany(attempt => (JobRun?[])[attempt.Run, attempt.Verify]).Max(run => run?.StartedAt);

    /// <summary>Whether it has ended, and not without having begun: done, found done, or begun and failed.</summary>
    public static bool IsSettled(Migration migration) =>
        MigrationEngine.IsTerminal(migration.Status?.State) && migration.Status?.State != MigrationState.Superseded && !NeverHadItsLock(migration);

    /// <summary>The Migrations of a release's contract, the first and those of later tries.</summary>
    public static IEnumerable<Migration> ContractsOf(IReadOnlyList<Migration> migrations, string release) =>
        migrations.Where(migration => migration.Spec.Phase == MigrationPhase.Contract && migration.Spec.Release == release);

    /// <summary>Whether a release's contract was asked for, which is only done once its revision is promoted: by this it is known where its end is not on record.</summary>
    public static bool HasContract(IReadOnlyList<Migration> migrations, Release release) =>
        ContractsOf(migrations, release.Metadata.Name ?? "").Any();

    /// <summary>
    /// The epoch in which a key runs now. The same as when it was asked for last, unless it was undone since, or the contract of a later release has begun, which removes
    /// what this one had made.
    /// </summary>
    public static int EpochOf(IReadOnlyList<Migration> migrations, MigrationPhase phase, string key)
    {
        var latest = migrations.Where(migration => migration.Spec.Phase == phase && migration.Spec.Key == key)
            .OrderBy(migration => migration.Spec.Epoch)
            .ThenBy(NumberOf)
            .LastOrDefault();
        if (latest is null) return 0;

        var isRaised = migrations.Any(other => HasBegun(other) && (Takes(other, latest) || (other.Spec.Phase == MigrationPhase.Contract && NumberOf(other) > NumberOf(latest))));
        return isRaised ? latest.Spec.Epoch + 1 : latest.Spec.Epoch;
    }

    /// <summary>Whether an undo is about this expand migration.</summary>
    public static bool Takes(Migration undo, Migration expand) =>
        undo.Spec.Phase == MigrationPhase.Undo && expand.Spec.Phase == MigrationPhase.Expand && undo.Spec.Undoes == expand.Spec.Key && undo.Spec.Epoch == expand.Spec.Epoch;
}
