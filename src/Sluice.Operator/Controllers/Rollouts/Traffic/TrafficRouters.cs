using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The routers that the operator knows, and what they split between.</summary>
internal static class TrafficRouters
{
    private static readonly IReadOnlyList<ITrafficRouter> Known = [new GatewayApiRouter(), new IstioRouter(), new NginxRouter()];
    private static readonly ServiceSides Services = new();
    private static readonly SubsetSides Subsets = new();

    /// <summary>Those of the strategy in force: that of the release in flight, which follows its own, else that of the spec.</summary>
    public static (ITrafficRouter Router, RouteNames Names)? InForce(Rollout rollout, Release? inFlight) => Of(inFlight?.Spec.Strategy ?? rollout.Spec.Strategy);

    /// <summary>The sides of the strategy in force, with a route between them or without.</summary>
    public static SteeredSides? SidesInForce(Rollout rollout, Release? inFlight) => SidesOf(inFlight?.Spec.Strategy ?? rollout.Spec.Strategy);

    /// <summary>The sides that a strategy steers by; null where the numbers of pods carry the weight.</summary>
    public static SteeredSides? SidesOf(RolloutStrategy strategy) => strategy.BlueGreen is { } blueGreen
        ? SteeredSides.Between("spec.strategy.blueGreen", blueGreen)
        : Of(strategy)?.Names.Sides;

    /// <summary>How sides of this one's kind are read and written.</summary>
    public static ITrafficSides KindOf(TrafficSide side) => side.DestinationRule is null ? Services : Subsets;

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
