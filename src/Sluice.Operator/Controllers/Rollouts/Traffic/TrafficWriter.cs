using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Carries out the effects on route and Services.</summary>
internal sealed class TrafficWriter(IClusterReader reader, IClusterWriter writer, IEventRecorder events)
{
    public async Task SetWeightAsync(Snapshot snapshot, Effect.SetWeight effect, CancellationToken ct)
    {
        var rollout = snapshot.Rollout;
        if (TrafficRouters.InForce(rollout, snapshot.ReleaseNamed(rollout.Status?.Release?.Name)) is not var (router, names)) throw new InvalidOperationException("there is no router to set a weight of");

        await router.SetWeightAsync(reader, writer, rollout, names, RouteIn(snapshot), effect, ct);
        events.Record(rollout, "Normal", "WeightSet", "Route", $"{names}: {effect.Weight}% to Service {names.CanaryService}, {100 - effect.Weight}% to Service {names.StableService}");
    }

    public async Task SelectRevisionAsync(Snapshot snapshot, Effect.SelectRevision effect, CancellationToken ct)
    {
        var service = snapshot.FormerServices.Concat(snapshot.Traffic is { } seen ? [seen.Stable, seen.Canary] : []).First(service => service.Name == effect.Service);
        var patch = new TestedPatch(service.ResourceVersion).Set(
            $"/spec/selector/{TestedPatch.Segment(Labels.Revision)}", service.Revision is { } before ? JsonValue.Create(before) : null, effect.Revision is { } revision ? JsonValue.Create(revision) : null);
        await TestedPatch.ApplyAsync<V1Service>(writer, new NamespacedName(snapshot.Rollout.Metadata.Namespace ?? "", effect.Service), patch, ct);
        events.Record(snapshot.Rollout, "Normal", "RevisionSelected", "Route", effect.Revision is null ? $"Service {effect.Service} selects no revision any more" : $"Service {effect.Service} selects revision {effect.Revision}");
    }

    private static ObservedRoute RouteIn(Snapshot snapshot) => snapshot.Traffic?.Route ?? throw new InvalidOperationException("the route was not looked at");
}
