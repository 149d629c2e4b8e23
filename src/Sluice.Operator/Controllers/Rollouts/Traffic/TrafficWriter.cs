using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Carries out the effects on a route and its sides.</summary>
internal sealed class TrafficWriter(IClusterReader reader, IClusterWriter writer, IEventRecorder events)
{
    public async Task SetWeightAsync(Snapshot snapshot, Effect.SetWeight effect, CancellationToken ct)
    {
        var rollout = snapshot.Rollout;
        if (TrafficRouters.InForce(rollout, snapshot.ReleaseNamed(rollout.Status?.Release?.Name)) is not var (router, names)) throw new InvalidOperationException("there is no router to set a weight of");

        await router.SetWeightAsync(reader, writer, rollout, names, RouteIn(snapshot), effect, ct);
        events.Record(rollout, "Normal", "WeightSet", "Route", $"{names}: {effect.Weight}% to {names.Canary}, {100 - effect.Weight}% to {names.Stable}");
    }

    public async Task SelectRevisionAsync(Snapshot snapshot, Effect.SelectRevision effect, CancellationToken ct)
    {
        var seen = snapshot.FormerSides.Concat(snapshot.Traffic is { } traffic ? [traffic.Stable, traffic.Canary] : []).First(side => side.Side == effect.Side);
        var patch = new TestedPatch(seen.ResourceVersion);
        if (!seen.HasLabels) patch.Set(seen.LabelsPath, before: null, new JsonObject());
        patch.Set(
            $"{seen.LabelsPath}/{TestedPatch.Segment(Labels.Revision)}", seen.Revision is { } before ? JsonValue.Create(before) : null, effect.Revision is { } revision ? JsonValue.Create(revision) : null);
        await TrafficRouters.KindOf(effect.Side).ApplyAsync(writer, snapshot.Rollout.Metadata.Namespace ?? "", effect.Side, patch, ct);
        events.Record(snapshot.Rollout, "Normal", "RevisionSelected", "Route", effect.Revision is null ? $"{effect.Side} selects no revision any more" : $"{effect.Side} selects revision {effect.Revision}");
    }

    private static ObservedRoute RouteIn(Snapshot snapshot) => snapshot.Traffic?.Route ?? throw new InvalidOperationException("the route was not looked at");
}
