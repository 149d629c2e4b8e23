using Sluice.Api;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The routers that the operator knows.</summary>
internal static class TrafficRouters
{
    private static readonly IReadOnlyList<ITrafficRouter> Known = [new GatewayApiRouter(), new IstioRouter(), new NginxRouter()];

    /// <summary>Those of the strategy in force: that of the release in flight, which follows its own, else that of the spec.</summary>
    public static (ITrafficRouter Router, RouteNames Names)? InForce(Rollout rollout, Release? inFlight) => Of(inFlight?.Spec.Strategy ?? rollout.Spec.Strategy);

    /// <summary>The Services of the strategy in force, with a route between them or without.</summary>
    public static SteeredServices? ServicesInForce(Rollout rollout, Release? inFlight) => ServicesOf(inFlight?.Spec.Strategy ?? rollout.Spec.Strategy);

    /// <summary>The Services that a strategy steers by; null where the numbers of pods carry the weight.</summary>
    public static SteeredServices? ServicesOf(RolloutStrategy strategy) => strategy.BlueGreen is { } blueGreen
        ? new SteeredServices("spec.strategy.blueGreen", "activeService", blueGreen.ActiveService, "previewService", blueGreen.PreviewService)
        : Of(strategy) is var (_, names) ? new SteeredServices(names.Field, "stableService", names.StableService, "canaryService", names.CanaryService) : null;

    /// <summary>The router of a strategy, and what it is to look at; null without one.</summary>
    public static (ITrafficRouter Router, RouteNames Names)? Of(RolloutStrategy strategy)
    {
        if (strategy.Canary?.Traffic is not { } traffic) return null;

        foreach (var router in Known)
        {
            if (router.NamesIn(traffic) is { } names) return (router, names);
        }

        return null;
    }
}
