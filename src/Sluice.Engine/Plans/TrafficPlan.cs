using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Engine.Plans;

/// <summary>The two Services between which a router splits the traffic.</summary>
/// <param name="StableService">For the stable revision.</param>
/// <param name="CanaryService">For the canary; while there is none, for the stable revision too.</param>
/// <param name="ScaleDownDelay">How long pods stay once no traffic is sent to them.</param>
public sealed record TrafficPlan(string StableService, string CanaryService, TimeSpan ScaleDownDelay)
{
    /// <summary>The plan of a strategy; null without a router, or where what the strategy says of it cannot be read.</summary>
    public static TrafficPlan? Of(CanaryStrategy strategy) =>
        ServicesOf(strategy.Traffic) is { } services && GoDuration.TryParse(strategy.ScaleDownDelay, out var delay) ? Of(services, delay) : null;

    public static TrafficPlan Of(RoutedServices services, TimeSpan scaleDownDelay) => new(services.StableService, services.CanaryService, scaleDownDelay);

    private static RoutedServices? ServicesOf(CanaryTraffic? traffic) => traffic switch
    {
        { GatewayAPI: { } gateway, Istio: null } => gateway,
        { GatewayAPI: null, Istio: { } istio } => istio,
        _ => null,
    };
}
