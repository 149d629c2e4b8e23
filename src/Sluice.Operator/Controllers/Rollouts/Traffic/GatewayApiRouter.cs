using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>
/// An HTTPRoute: in each rule that names both Services among its backends, their weights. Rules that name one of them only, such as one by which testers reach the
/// canary, and backends beside the two stay as they are.
/// </summary>
internal sealed class GatewayApiRouter : ITrafficRouter
{
    private const string Kind = "HTTPRoute";
    private const string Field = "spec.strategy.canary.traffic.gatewayAPI";

    public RouteNames? NamesIn(CanaryTraffic traffic) => traffic.GatewayAPI is not { } names
        ? null
        : new RouteNames(Field, "httpRoute", Kind, names.HttpRoute, SteeredSides.Between(Field, names));

    public async Task<ObservedRoute> ObserveAsync(IClusterReader reader, Rollout rollout, RouteNames names, ObservedTraffic sides, CancellationToken ct)
    {
        var ns = rollout.Metadata.Namespace ?? "";
        var (route, isServed) = await LiveRoute.ReadAsync<V1HTTPRoute>(reader, new NamespacedName(ns, names.Route), ct);
        if (route is null) return LiveRoute.Missing(names, ns, isServed);

        var splits = (route.Spec?.Rules ?? []).Index().Select(rule => SplitOf(rule.Item, $"/spec/rules/{rule.Index}/backendRefs", ns, names)).OfType<RouteSplit>().ToList();
        return new ObservedRoute
        {
            Name = $"{names}",
            ResourceVersion = route.Metadata.ResourceVersion,
            Splits = splits,
            Problem = splits.Count > 0 ? null : $"{names} has no rule whose backends are both {names.Stable} and {names.Canary}",
        };
    }

    public Task SetWeightAsync(IClusterReader reader, IClusterWriter writer, Rollout rollout, RouteNames names, ObservedRoute observed, Effect.SetWeight effect, CancellationToken ct) =>
        TestedPatch.ApplyAsync<V1HTTPRoute>(writer, new NamespacedName(rollout.Metadata.Namespace ?? "", names.Route), WeightPatch.Of(observed, effect), ct);

    private static RouteSplit? SplitOf(V1HTTPRouteRule rule, string path, string ns, RouteNames names) =>
        RouteSplits.Between(rule.BackendRefs, path, backend => IsFor(backend, names.Stable.Name, ns), backend => IsFor(backend, names.Canary.Name, ns), backend => backend.Weight);

    private static bool IsFor(V1HTTPBackendRef backend, string service, string ns) =>
        backend is { Group: null or "", Kind: null or "Service" } && (backend.Namespace is null || backend.Namespace == ns) && backend.Name == service;
}
