using Sluice.Api;
using Sluice.Engine.Migrations;

namespace Sluice.Engine.Releases;

/// <summary>
/// The schema floor: number of the newest release whose irreversible contract has begun. What was promoted last before it needs what is gone, and is not run again unless a
/// person says so.
/// </summary>
internal static class SchemaFloor
{
    /// <summary>Null without a floor. By the status, and by the Migrations, which outlive a Rollout.</summary>
    public static int? Of(Pass pass)
    {
        return Begun(pass).Select(MigrationRecords.NumberOf).Append(pass.Status.SchemaFloor ?? 0).Max() is var floor and > 0 ? floor : null;
    }

    /// <summary>Whether a revision is below the floor, whatever anybody said of it.</summary>
    public static bool IsBelow(Pass pass, string revision) => Of(pass) is { } floor && (LastPromoted(pass, revision) is { } last ? last < floor : WasLeftBehind(pass, revision));

    /// <summary>Whether a revision must not be released.</summary>
    public static bool Bars(Pass pass, string revision) => IsBelow(pass, revision) && pass.Status.FloorOverride?.Revision != revision;

    /// <summary>Of a revision that nothing else tells of any more, an irreversible contract that has begun may.</summary>
    private static bool WasLeftBehind(Pass pass, string revision) => Begun(pass).Any(contract => contract.Spec.Predecessors.Contains(revision));

    private static IEnumerable<Migration> Begun(Pass pass) => pass.Snapshot.Migrations.Where(migration => migration.Spec is { Phase: MigrationPhase.Contract, Irreversible: true } && MigrationRecords.HasBegun(migration));

    /// <summary>
    /// Number of the release that promoted a revision last; null for one that never was. Where no Release tells of it, because the Rollout was deleted and made again, the
    /// newest of its Migrations does.
    /// </summary>
    private static int? LastPromoted(Pass pass, string revision)
    {
        var releases = pass.Snapshot.Releases.Where(release => release.Spec.Revision == revision).ToList();
        return releases.Count > 0
            ? releases.Where(release => release.Status?.Outcome == Outcome.Promoted || MigrationRecords.HasContract(pass.Snapshot.Migrations, release)).Max(release => (int?)release.Spec.Number)
            : pass.Snapshot.Migrations.Where(migration => migration.Spec.Revision == revision).Max(migration => (int?)MigrationRecords.NumberOf(migration));
    }
}
