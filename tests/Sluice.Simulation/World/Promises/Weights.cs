using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>The weight asked for is the plan's; after a FAIL or an Abort it is 0 and never rises; which revision is stable changes with the promotion and the way back from a soak alone.</summary>
internal sealed class Weights(ReleaseWorld world) : IPromise
{
    private readonly Records records = new(world);

    public bool HoldsForLateArrivals => true;

    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after)) return;
        CheckStable(before, after);
        if (after.Status is not { Release: { } release } status) return;

        var weight = status.Canary?.Weight ?? 0;
        if (release.Stage == Stage.RollingBack) Promise.Keep(weight == 0, "no weight on the way back", $"{weight}%");
        if (records.RecordOf(after) is not { } record || status.Canary is not { } canary) return;

        var plan = new Plan(after, record);
        if (!plan.IsRouted) CheckActual(status, canary);
        if (plan.BlueGreen is not null) Promise.Keep(canary.ActualWeight is 0 or 100, "a preview has none of the traffic, a promoted revision all of it", $"{canary.ActualWeight}%");
        int? planned = release.Stage switch
        {
            Stage.Pending or Stage.Expanding => 0,
            Stage.Starting => plan.BlueGreen is null ? plan.Steps[0].SetWeight : 0,
            Stage.Stepping => plan.WeightAt(release.Step!.Index),
            Stage.Promoting => 100,
            _ => null,
        };
        Promise.Keep(planned is null || planned == weight, "the weight is the plan's", $"{weight}% in {release.Stage} {release.Step?.Index}, planned are {planned}%");
    }

    private static void CheckActual(RolloutStatus status, CanaryStatus canary)
    {
        var real = status.AvailableReplicas == 0 ? 0 : Math.Round(100.0 * canary.Available / status.AvailableReplicas, MidpointRounding.AwayFromZero);
        Promise.Keep(canary.ActualWeight == (int)real, "the real weight is the canary's share of the available pods", $"{canary.ActualWeight}% with {canary.Available} of {status.AvailableReplicas}");
    }

    private void CheckStable(Rollout before, Rollout after)
    {
        var (was, now) = (before.Status?.Stable?.Revision, after.Status?.Stable?.Revision);
        var (old, next) = (before.Status?.Release, after.Status?.Release);
        var isPromoted = old?.Stage == Stage.Promoting && (next is { Stage: Stage.Soaking or Stage.Contracting } or { Stage: Stage.Finishing, Outcome: Outcome.Promoted });
        var isTakenBack = old?.Stage == Stage.Soaking && next?.Stage == Stage.RollingBack;
        if (isPromoted || isTakenBack)
        {
            var right = isPromoted ? old!.Revision : old!.PreviousRevision;
            Promise.Keep(now == right, "stable flips with the promotion, and back with the way back", $"stable is {now}, {right} was to be, entering {next?.Stage}");
            return;
        }

        var isRebuilt = before.Status is null or { Stable: null, LastRelease: null, Release: null };
        Promise.Keep(was == now || isRebuilt, "stable flips on entering the soak, and nowhere else", $"from {was} to {now} between {old?.Stage} and {next?.Stage}");
        if (was == now) return;

        var releases = world.Cluster.List<Release>(after.Metadata.Namespace!, (Labels.Rollout, after.Metadata.Name!)).Where(release => release.Metadata.ControllerOwner()?.Uid == after.Metadata.Uid).ToList();
        var promoted = releases.Where(release => release.Status?.Outcome == Outcome.Promoted || world.Migrations.Any(migration => migration.Spec.Phase == MigrationPhase.Contract && migration.Spec.Release == release.Metadata.Name)).MaxBy(release => release.Spec.Number)?.Spec.Revision;
        Promise.Keep(
            promoted is null ? releases.All(release => release.Spec.Revision != now) : now == promoted,
            "a status is rebuilt with what was promoted last as stable, or else with what no Release tells of",
            $"stable is {now}, promoted last was {promoted ?? "nothing"}");
    }
}
