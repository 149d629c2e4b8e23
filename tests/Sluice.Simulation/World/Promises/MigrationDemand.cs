using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>Which migrations a committed status asks for.</summary>
internal static class MigrationDemand
{
    public static bool IsNamed(ReleaseProgress? release, Migration migration) => migration.Spec.Phase switch
    {
        MigrationPhase.Expand => release?.Stage == Stage.Expanding && release.Name == migration.Spec.Release && migration.Metadata.Name!.EndsWith("-expand", StringComparison.Ordinal),
        MigrationPhase.Contract => release?.Stage == Stage.Contracting && release.Migration?.Contract?.Migration == migration.Metadata.Name,
        MigrationPhase.Undo => release?.Stage == Stage.Undoing && release.Migration?.Undo?.Migration == migration.Metadata.Name && release.Name == migration.Spec.Release,
        _ => false,
    };

    /// <summary>Whether it only keeps what the status says is owed, or owed no more: it never begins.</summary>
    public static bool IsKept(Rollout? rollout, Migration migration) =>
        migration.Spec.Phase == MigrationPhase.Contract
        && migration.Metadata.Name!.EndsWith(migration.Spec.Dropped ? "-contract-dropped" : "-contract", StringComparison.Ordinal)
        && rollout?.Status?.OwedContracts.Any(owed => owed.Release == migration.Spec.Release && owed.Dropped == migration.Spec.Dropped) == true;

    /// <summary>Whether a migration that has not begun may begin.</summary>
    public static bool IsOne(Rollout? rollout, Migration migration) =>
        rollout is { Metadata.DeletionTimestamp: null, Status.Release: { } release } && IsNamed(release, migration) && !(migration.Spec.Phase == MigrationPhase.Contract && release.Migration!.Contract!.Withdrawn);
}
