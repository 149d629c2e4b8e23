using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// A VirtualService of Istio: in each of its HTTP routes that has both Services among its destinations, or in those that are named, their weights. Destinations
/// beside the two stay as they are.
/// </summary>
internal sealed class IstioRouter : ITrafficRouter
{
    private const string Kind = "VirtualService";

    public RouteNames? NamesIn(CanaryTraffic traffic) => traffic.Istio is not { } names
        ? null
        : new RouteNames("spec.strategy.canary.traffic.istio", "virtualService", Kind, names.VirtualService, names.StableService, names.CanaryService) { Parts = names.Routes };

    public async Task<ObservedRoute> ObserveAsync(IClusterReader reader, Rollout rollout, RouteNames names, CancellationToken ct)
    {
        var ns = rollout.Metadata.Namespace ?? "";
        var (service, isServed) = await LiveRoute.ReadAsync<V1Beta1VirtualService>(reader, new NamespacedName(ns, names.Route), ct);
        if (service is null) return LiveRoute.Missing(names, ns, isServed);

        var routes = (service.Spec?.Http ?? []).Index().Where(route => names.Parts.Count == 0 || names.Parts.Contains(route.Item.Name ?? "")).ToList();
        var split = routes.Select(route => (route.Item.Name, Split: SplitOf(route.Item, $"/spec/http/{route.Index}/route", ns, names))).ToList();
        return new ObservedRoute
        {
            Name = $"{names}",
            ResourceVersion = service.Metadata.ResourceVersion,
            Splits = [.. split.Select(route => route.Split).OfType<RouteSplit>()],
            Problem = ProblemOf(names, split),
        };
    }

    public Task SetWeightAsync(IClusterReader reader, IClusterWriter writer, Rollout rollout, RouteNames names, ObservedRoute observed, Effect.SetWeight effect, CancellationToken ct) =>
        TestedPatch.ApplyAsync<V1Beta1VirtualService>(writer, new NamespacedName(rollout.Metadata.Namespace ?? "", names.Route), WeightPatch.Of(observed, effect), ct);

    private static string? ProblemOf(RouteNames names, IReadOnlyList<(string? Name, RouteSplit? Split)> routes)
    {
        var both = $"with both Service {names.StableService} and Service {names.CanaryService} as destinations";
        if (names.Parts.FirstOrDefault(part => !routes.Any(route => route.Name == part && route.Split is not null)) is { } missing) return $"{names} has no HTTP route {missing} {both}";

        return routes.Any(route => route.Split is not null) ? null : $"{names} has no HTTP route {both}";
    }

    private static RouteSplit? SplitOf(V1Beta1HTTPRoute route, string path, string ns, RouteNames names) =>
        RouteSplits.Between(route.Route, path, names, (destination, service) => IsFor(destination, service, ns), destination => destination.Weight) is { } split
            ? split with { Unwritten = 0 }
            : null;

    /// <summary>A host is a Service's name, which is then looked for in the VirtualService's namespace, or its name in DNS, with the cluster's domain or without.</summary>
    private static bool IsFor(V1Beta1HTTPRouteDestination destination, string service, string ns) =>
        destination.Destination?.Host is { } host
        && (host == service || host == $"{service}.{ns}" || host == $"{service}.{ns}.svc" || host.StartsWith($"{service}.{ns}.svc.", StringComparison.Ordinal));
}
