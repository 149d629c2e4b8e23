using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// Reads route and Services, live: they are other people's objects, of kinds that need not be there, and what a cache shows of them is no observation
/// to take pods away by.
/// </summary>
internal sealed class TrafficObserver(IClusterReader reader)
{
    private const string ServiceName = "kubernetes.io/service-name";

    /// <summary>What the plan in force names: that of the release in flight, else that of the spec. Null where it names no Services, and while the Rollout is being deleted without us.</summary>
    public async Task<ObservedTraffic?> ObserveAsync(Rollout rollout, Release? inFlight, CancellationToken ct)
    {
        if (IsGoing(rollout) || TrafficRouters.ServicesInForce(rollout, inFlight) is not { } services) return null;

        var ns = rollout.Metadata.Namespace ?? "";
        var route = TrafficRouters.InForce(rollout, inFlight) is var (router, names) ? await router.ObserveAsync(reader, rollout, names, ct) : null;
        var stable = await ServiceAsync(ns, services.Stable, ct);
        var canary = await ServiceAsync(ns, services.Canary, ct);
        if (IsAtRest(rollout, route, stable, canary)) return new ObservedTraffic { Route = route, Stable = stable, Canary = canary };

        return new ObservedTraffic { Route = route, Stable = await WithPodsAsync(ns, stable, ct), Canary = await WithPodsAsync(ns, canary, ct) };
    }

    /// <summary>The Services that the status remembers and the plan in force does not name.</summary>
    public async Task<IReadOnlyList<ObservedService>> FormerAsync(Rollout rollout, Release? inFlight, CancellationToken ct)
    {
        if (rollout is not { Metadata.DeletionTimestamp: null, Status.Traffic: { } known }) return [];

        var names = TrafficRouters.ServicesInForce(rollout, inFlight);
        var former = new List<ObservedService>();
        foreach (var service in new[] { known.StableService, known.CanaryService }.Where(service => service.Length > 0 && service != names?.Stable && service != names?.Canary))
        {
            former.Add(await ServiceAsync(rollout.Metadata.Namespace ?? "", service, ct));
        }

        return former;
    }

    private static bool IsGoing(Rollout rollout) => rollout.Metadata.DeletionTimestamp is not null && !rollout.Metadata.HasFinalizer(Finalizers.Rollout);

    /// <summary>Nothing is to be moved, so that it does not matter which pods could get any traffic.</summary>
    private static bool IsAtRest(Rollout rollout, ObservedRoute? route, ObservedService stable, ObservedService canary) =>
        rollout.Status is { Stable.Revision: var revision, Release: null or { Stage: not (Stage.Stepping or Stage.Promoting) } }
        && stable.Revision == revision
        && canary.Revision == revision
        && route?.Splits.All(split => split.IsAt(0)) != false;

    private async Task<ObservedService> ServiceAsync(string ns, string name, CancellationToken ct)
    {
        if (await reader.GetLiveAsync<V1Service>(new NamespacedName(ns, name), ct) is not { } service) return new ObservedService { Name = name, ReadyPods = [], Problem = $"there is no Service {name} in {ns}" };

        return new ObservedService
        {
            Name = name,
            ResourceVersion = service.Metadata.ResourceVersion,
            Revision = service.Spec?.Selector?.GetValueOrDefault(Labels.Revision),
            Selector = (service.Spec?.Selector ?? new Dictionary<string, string>()).Where(label => label.Key != Labels.Revision).ToDictionary(),
            ReadyPods = [],
            Problem = service.Spec?.Selector is { Count: > 0 } ? null : $"Service {name} has no selector to which a revision could be added",
        };
    }

    private async Task<ObservedService> WithPodsAsync(string ns, ObservedService service, CancellationToken ct)
    {
        if (service.Problem is not null) return service;

        var slices = await reader.ListLiveAsync<V1EndpointSlice>(ns, new Dictionary<string, string> { [ServiceName] = service.Name }, ct);
        return service with
        {
            ReadyPods = [.. slices.SelectMany(slice => slice.Endpoints ?? []).Where(IsReady).Select(endpoint => endpoint.TargetRef?.Name).OfType<string>().Distinct()],
        };
    }

    /// <summary>That it is not known counts as ready, as the API has it.</summary>
    private static bool IsReady(V1Endpoint endpoint) => endpoint.Conditions?.Ready != false;
}
