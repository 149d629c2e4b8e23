using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// Reads route and sides, live: they are other people's objects, of kinds that need not be there, and what a cache shows of them is no observation
/// to take pods away by.
/// </summary>
internal sealed class TrafficObserver(IClusterReader reader)
{
    private const string ServiceName = "kubernetes.io/service-name";

    /// <summary>What the plan in force names: that of the release in flight, else that of the spec. Null where it names no sides, and while the Rollout is being deleted without us.</summary>
    public async Task<ObservedTraffic?> ObserveAsync(Rollout rollout, Release? inFlight, CancellationToken ct)
    {
        if (IsGoing(rollout) || TrafficRouters.SidesInForce(rollout, inFlight) is not { } sides) return null;

        var seen = await TrafficRouters.KindOf(sides.Stable).ReadAsync(reader, rollout.Metadata.Namespace ?? "", [sides.Stable, sides.Canary], ct);
        var traffic = new ObservedTraffic { Stable = seen[0], Canary = seen[1] };
        if (TrafficRouters.InForce(rollout, inFlight) is var (router, names)) traffic = traffic with { Route = await router.ObserveAsync(reader, rollout, names, traffic, ct) };
        return IsAtRest(rollout, traffic) ? traffic : traffic with { Stable = await WithPodsAsync(rollout, traffic.Stable, ct), Canary = await WithPodsAsync(rollout, traffic.Canary, ct) };
    }

    /// <summary>The sides that the status remembers and the plan in force does not name.</summary>
    public async Task<IReadOnlyList<ObservedSide>> FormerAsync(Rollout rollout, Release? inFlight, CancellationToken ct)
    {
        if (rollout is not { Metadata.DeletionTimestamp: null, Status.Traffic: { } known }) return [];

        var named = TrafficRouters.SidesInForce(rollout, inFlight);
        List<TrafficSide> former = [.. SidesOf(known).Where(side => side.Name.Length > 0 && side != named?.Stable && side != named?.Canary)];
        return former.Count == 0 ? [] : await TrafficRouters.KindOf(former[0]).ReadAsync(reader, rollout.Metadata.Namespace ?? "", former, ct);
    }

    private static IEnumerable<TrafficSide> SidesOf(TrafficStatus known) => known.DestinationRule is { } rule
        ? [new TrafficSide(known.StableSubset ?? "", rule), new TrafficSide(known.CanarySubset ?? "", rule)]
        : [new TrafficSide(known.StableService ?? ""), new TrafficSide(known.CanaryService ?? "")];

    private static bool IsGoing(Rollout rollout) => rollout.Metadata.DeletionTimestamp is not null && !rollout.Metadata.HasFinalizer(Finalizers.Rollout);

    /// <summary>Nothing is to be moved, so that it does not matter which pods could get any traffic.</summary>
    private static bool IsAtRest(Rollout rollout, ObservedTraffic traffic) =>
        rollout.Status is { Stable.Revision: var revision, Release: null or { Stage: not (Stage.Stepping or Stage.Promoting) } }
        && traffic.Stable.Revision == revision
        && traffic.Canary.Revision == revision
        && traffic.Route?.Splits.All(split => split.IsAt(0)) != false;

    private async Task<ObservedSide> WithPodsAsync(Rollout rollout, ObservedSide side, CancellationToken ct)
    {
        if (side is not { Problem: null, Service: { } service }) return side;

        var slices = await reader.ListLiveAsync<V1EndpointSlice>(rollout.Metadata.Namespace ?? "", new Dictionary<string, string> { [ServiceName] = service }, ct);
        var pods = slices.SelectMany(slice => slice.Endpoints ?? []).Where(IsReady).Select(endpoint => endpoint.TargetRef?.Name).OfType<string>().Distinct();
        return side with { ReadyPods = side.Side.DestinationRule is null ? [.. pods] : [.. pods.Intersect(PodsOf(rollout, side))] };
    }

    /// <summary>Names of the Rollout's pods that a subset means. Labels of a pod hardly ever change; whether it is there, and ready, the endpoints say.</summary>
    private IEnumerable<string> PodsOf(Rollout rollout, ObservedSide subset)
    {
        var labels = new Dictionary<string, string>(subset.Selector) { [Labels.Rollout] = rollout.Metadata.Name ?? "" };
        if (subset.Revision is { } revision) labels[Labels.Revision] = revision;
        return reader.List<V1Pod>(rollout.Metadata.Namespace ?? "", labels).Select(pod => pod.Metadata.Name).OfType<string>();
    }

    /// <summary>That it is not known counts as ready, as the API has it.</summary>
    private static bool IsReady(V1Endpoint endpoint) => endpoint.Conditions?.Ready != false;
}
