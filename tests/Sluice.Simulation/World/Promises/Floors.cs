using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>The schema floor: set by irreversible contracts that have begun; what was promoted last below it is neither released nor gone back to, unless a person names it.</summary>
internal sealed class Floors(ReleaseWorld world) : IPromise
{
    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after)) return;

        var (old, next) = (before.Status?.Release, after.Status?.Release);
        if (before.Status?.SchemaFloor is { } was && after.Status is { ObservedGeneration: not null } status) Promise.Keep(status.SchemaFloor >= was, "the schema floor never falls", $"{was} became {status.SchemaFloor}");
        if (old is null && next is not null && before.Status?.FloorOverride?.Revision != next.Revision) CheckAbove(after, next.Revision, "nothing is released below the schema floor");
        if (old?.Stage != Stage.RollingBack && next is { Stage: Stage.RollingBack, PreviousRevision: { } previous }) CheckAbove(after, previous, "a rollback never crosses the schema floor");
        if (after.Status?.FloorOverride is { } word && word.Revision != before.Status?.FloorOverride?.Revision)
        {
            Promise.Keep(AppliedDecisions.In(before, after).Contains(DecisionAction.Override), "the schema floor is passed by a person's Override", $"{word.Revision}");
        }
    }

    private void CheckAbove(Rollout rollout, string revision, string promise)
    {
        var floor = world.Migrations
            .Where(migration => migration.Spec.Rollout == rollout.Metadata.Name && migration.Spec is { Phase: MigrationPhase.Contract, Irreversible: true } && migration.Status is { StartedAt: not null, State: not MigrationState.Superseded })
            .Select(migration => Number(migration.Spec.Release))
            .DefaultIfEmpty(0)
            .Max();
        var promoted = world.Cluster.List<Release>(rollout.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!))
            .Where(release => release.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid && release.Spec.Revision == revision && release.Status?.Outcome == Outcome.Promoted)
            .Max(release => (int?)release.Spec.Number);
        Promise.Keep(!(promoted < floor), promise, $"revision {revision} was promoted last by release {promoted}, the floor is {floor}");
    }

    private static int Number(string release) => int.Parse(release[(release.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
