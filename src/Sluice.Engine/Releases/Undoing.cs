using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>Whether the migration of a release that was taken back is taken back too.</summary>
internal static class Undoing
{
    /// <summary>
    /// The expand migration that is to be undone: that of a release that was given up, where an undo is declared, and nothing that was ever promoted rests on it. One that
    /// another revision took the place of is left: the next migration builds on it.
    /// </summary>
    public static Migration? Of(Pass pass, ReleasePlan plan, ReleaseProgress release)
    {
        if (plan.Undo is null || release.Outcome is not (Outcome.RolledBack or Outcome.Aborted or Outcome.Reverted)) return null;

        var name = ObjectNames.Migration(release.Name, MigrationPhase.Expand);
        return pass.Snapshot.Migrations.FirstOrDefault(migration => migration.Metadata.Name == name) is { Status.State: MigrationState.Succeeded or MigrationState.Skipped } expand
            && pass.Snapshot.Migrations.Where(other => IsSame(other, expand)).All(other => other.Spec.Release == release.Name || WasNotPromoted(pass, other))
                ? expand
                : null;
    }

    private static bool IsSame(Migration other, Migration expand) =>
        other.Spec.Phase == MigrationPhase.Expand && other.Spec.Key == expand.Spec.Key && other.Spec.Epoch == expand.Spec.Epoch;

    private static bool WasNotPromoted(Pass pass, Migration migration) => pass.Snapshot.ReleaseNamed(migration.Spec.Release)?.Status?.Outcome is { } outcome and not Outcome.Promoted;
}
