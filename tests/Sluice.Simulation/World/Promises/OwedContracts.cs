using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// A contract that is owed is run, or found done, or dropped because a revision from before was promoted again; it is not forgotten, and none that is dropped, or would
/// break the promoted revision, begins. What was promoted when is remembered here, whatever is deleted.
/// </summary>
internal sealed class OwedContracts(ReleaseWorld world) : IPromise
{
    private readonly HashSet<(string Rollout, int Number, string Revision)> promoted = [];

    public void Check(Write write)
    {
        if (write.IsReport(out var before, out var after)) CheckStatus(before, after);
        if (write is { IsTheOperators: true, Resource: "jobs", IsCreation: true, After: V1Job job } && !Promises.Checks.IsOne(job)) CheckJob(write, job);
    }

    private void CheckStatus(Rollout before, Rollout after)
    {
        if (after.Status?.Release is { Stage: Stage.Contracting or Stage.Finishing } release && (release.Stage == Stage.Contracting || release.Outcome == Outcome.Promoted)) promoted.Add((after.Metadata.Name!, release.Number, release.Revision));

        foreach (var owed in before.Status?.OwedContracts ?? [])
        {
            if (after.Status?.OwedContracts.Any(kept => kept.Release == owed.Release && (kept.Dropped || !owed.Dropped)) == true) continue;

            var tries = world.Migrations.Where(migration => migration.Spec.Rollout == after.Metadata.Name && migration.Spec.Phase == MigrationPhase.Contract && migration.Spec.Release == owed.Release).ToList();
            var isKnown = tries.Count > 0 || world.Cluster.Get<Release>(after.Metadata.Namespace!, owed.Release) is not null;
            Promise.Keep(
                !isKnown || tries.Exists(HasEnded) || (owed.Dropped && tries.Exists(migration => migration.Spec.Dropped)) || after.Status?.OwedContracts.Count == RolloutStatus.MaxOwedContracts,
                "what is owed stays owed until it is run, or dropped on record",
                $"the contract of {owed.Release} after {string.Join(", ", tries.Select(migration => $"{migration.Metadata.Name} {migration.Status?.State}"))}");
        }
    }

    private void CheckJob(Write write, V1Job job)
    {
        var migration = world.Cluster.Get<Migration>(write.Namespace, job.Metadata.Label(Labels.Migration) ?? "");
        if (migration is not { Spec.Phase: MigrationPhase.Contract, Status: { State: MigrationState.Running, Attempts.Count: 1 } }) return;

        var number = Number(migration);
        var others = world.Migrations.Where(other => other.Metadata.Uid != migration.Metadata.Uid && other.Spec.Phase == MigrationPhase.Contract && other.Spec.Release == migration.Spec.Release).ToList();
        Promise.Keep(!migration.Spec.Dropped && !others.Exists(other => other.Spec.Dropped), "a contract that was dropped does not begin", $"{write.Name}");
        Promise.Keep(!others.Exists(other => other.Status?.State is MigrationState.Succeeded or MigrationState.Skipped or MigrationState.Unknown), "a release's contract runs once", $"{write.Name}");
        if (world.Cluster.Get<Rollout>(write.Namespace, migration.Spec.Rollout)?.Status?.Release is not { Stage: Stage.Contracting } release || release.Revision == migration.Spec.Revision) return;

        Promise.Keep(
            !promoted.Any(one => one.Rollout == migration.Spec.Rollout && one.Revision == release.Revision && one.Number < number),
            "no contract of a release begins for a revision that was promoted before it",
            $"{write.Name} for {release.Revision}");
    }

    private static bool HasEnded(Migration migration) =>
        migration.Status is { State: MigrationState.Succeeded or MigrationState.Skipped or MigrationState.Unknown } or { State: MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted, StartedAt: not null };

    private static int Number(Migration migration) => int.Parse(migration.Spec.Release[(migration.Spec.Release.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
