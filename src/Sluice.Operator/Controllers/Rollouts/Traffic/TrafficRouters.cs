using Sluice.Api;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The routers that the operator knows.</summary>
internal static class TrafficRouters
{
    private static readonly IReadOnlyList<ITrafficRouter> Known = [new GatewayApiRouter(), new IstioRouter()];

    /// <summary>The router of a strategy, and what it is to look at; null without one.</summary>
    public static (ITrafficRouter Router, RouteNames Names)? Of(RolloutStrategy strategy)
    {
        if (strategy.Canary.Traffic is not { } traffic) return null;

        foreach (var router in Known)
        {
            if (router.NamesIn(traffic) is { } names) return (router, names);
        }

        return null;
    }
}
