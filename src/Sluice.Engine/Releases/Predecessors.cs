using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>The revisions promoted before a release: a contract says them, so that they are known as older when no Release tells of them any more.</summary>
internal static class Predecessors
{
    /// <summary>Newest first. Where no Release tells whether a revision was promoted, one that was expanded may have been.</summary>
    /// <param name="pass">The present look.</param>
    /// <param name="release">Name of the release.</param>
    /// <param name="revision">Its revision.</param>
    public static IReadOnlyList<string> Of(Pass pass, string release, string revision)
    {
        var number = ObjectNames.NumberIn(release);
        var previous = pass.Status.Release is { PreviousRevision: { } stable } flight && flight.Name == release ? [stable] : Array.Empty<string>();
        var migrations = pass.Snapshot.Migrations.Where(migration => MigrationRecords.NumberOf(migration) < number).OrderByDescending(MigrationRecords.NumberOf).ToList();
        var promoted = pass.Snapshot.Releases
            .Where(earlier => earlier.Spec.Number < number && (earlier.Status?.Outcome == Outcome.Promoted || MigrationRecords.HasContract(pass.Snapshot.Migrations, earlier)))
            .Reverse()
            .Select(earlier => earlier.Spec.Revision);
        var expanded = migrations
            .Where(migration => migration.Spec.Phase == MigrationPhase.Contract || (migration.Spec.Phase == MigrationPhase.Expand && migration.Status?.State is MigrationState.Succeeded or MigrationState.Skipped))
            .Where(migration => pass.Snapshot.ReleaseNamed(migration.Spec.Release) is null)
            .Select(migration => migration.Spec.Revision)
            .OfType<string>();
        var told = migrations.SelectMany(migration => migration.Spec.Predecessors);
        return [.. previous.Concat(promoted).Concat(expanded).Concat(told).Where(earlier => earlier != revision).Distinct().Take(MigrationSpec.MaxPredecessors)];
    }
}
