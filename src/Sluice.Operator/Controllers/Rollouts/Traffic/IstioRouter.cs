using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// A VirtualService of Istio: in each of its HTTP routes that has both Services, or both subsets of one host, among its destinations, or in those that are named, their weights.
/// Destinations beside the two stay as they are.
/// </summary>
internal sealed class IstioRouter : ITrafficRouter
{
    private const string Kind = "VirtualService";
    private const string Field = "spec.strategy.canary.traffic.istio";

    public RouteNames? NamesIn(CanaryTraffic traffic) => traffic.Istio switch
    {
        { DestinationRule: { } subsets, StableService: null, CanaryService: null } istio => NamesOf(istio, SteeredSides.Between($"{Field}.destinationRule", subsets)),
        { DestinationRule: null, StableService: { } stable, CanaryService: { } canary } istio => NamesOf(istio, SteeredSides.Between(Field, stable, canary)),
        _ => null,
    };

    public async Task<ObservedRoute> ObserveAsync(IClusterReader reader, Rollout rollout, RouteNames names, ObservedTraffic sides, CancellationToken ct)
    {
        var ns = rollout.Metadata.Namespace ?? "";
        var (service, isServed) = await LiveRoute.ReadAsync<V1Beta1VirtualService>(reader, new NamespacedName(ns, names.Route), ct);
        if (service is null) return LiveRoute.Missing(names, ns, isServed);

        var routes = (service.Spec?.Http ?? []).Index().Where(route => names.Parts.Count == 0 || names.Parts.Contains(route.Item.Name ?? "")).ToList();
        var split = routes.Select(route => (route.Item.Name, Split: SplitOf(route.Item, $"/spec/http/{route.Index}/route", ns, sides))).ToList();
        return new ObservedRoute
        {
            Name = $"{names}",
            ResourceVersion = service.Metadata.ResourceVersion,
            Splits = [.. split.Select(route => route.Split).OfType<RouteSplit>()],
            Problem = ProblemOf(names, sides, split),
        };
    }

    public Task SetWeightAsync(IClusterReader reader, IClusterWriter writer, Rollout rollout, RouteNames names, ObservedRoute observed, Effect.SetWeight effect, CancellationToken ct) =>
        TestedPatch.ApplyAsync<V1Beta1VirtualService>(writer, new NamespacedName(rollout.Metadata.Namespace ?? "", names.Route), WeightPatch.Of(observed, effect), ct);

    private static RouteNames NamesOf(IstioTraffic istio, SteeredSides sides) => new(Field, "virtualService", Kind, istio.VirtualService, sides) { Parts = istio.Routes };

    private static string? ProblemOf(RouteNames names, ObservedTraffic sides, IReadOnlyList<(string? Name, RouteSplit? Split)> routes)
    {
        if (sides.Stable.Service is null) return sides.Problem;

        var both = names.Stable.DestinationRule is null
            ? $"with both {names.Stable} and {names.Canary} as destinations"
            : $"with both subset {names.Stable.Name} and subset {names.Canary.Name} of the host {sides.Stable.Service} as destinations";
        if (names.Parts.FirstOrDefault(part => !routes.Any(route => route.Name == part && route.Split is not null)) is { } missing) return $"{names} has no HTTP route {missing} {both}";

        return routes.Any(route => route.Split is not null) ? null : $"{names} has no HTTP route {both}";
    }

    private static RouteSplit? SplitOf(V1Beta1HTTPRoute route, string path, string ns, ObservedTraffic sides) =>
        RouteSplits.Between(route.Route, path, to => IsFor(to, sides.Stable, ns), to => IsFor(to, sides.Canary, ns), to => to.Weight) is { } split ? split with { Unwritten = 0 } : null;

    private static bool IsFor(V1Beta1HTTPRouteDestination to, ObservedSide side, string ns) =>
        side.Service is { } service
        && ServiceHost.Is(to.Destination?.Host, service, ns)
        && (side.Side.Subset is not { } subset || to.Destination?.Subset == subset);
}
