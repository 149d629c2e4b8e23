using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Engine.Plans;

/// <summary>The two sides by which the revisions get their traffic.</summary>
/// <param name="Stable">For the stable revision; the active Service of blue-green.</param>
/// <param name="Canary">For the canary; while there is none, for the stable revision too. The preview of blue-green.</param>
/// <param name="ScaleDownDelay">How long pods stay once no traffic is sent to them.</param>
public sealed record TrafficPlan(TrafficSide Stable, TrafficSide Canary, TimeSpan ScaleDownDelay)
{
    /// <summary>Set for blue-green, where the stable Service is turned round at once; null where a route splits the traffic between the two by weight.</summary>
    public PreviewPlan? Preview { get; init; }

    /// <summary>The plan of a strategy; null where the numbers of pods carry the weight, or where what the strategy says of it cannot be read.</summary>
    public static TrafficPlan? Of(RolloutStrategy strategy) => strategy switch
    {
        { Canary: { } canary, BlueGreen: null } when SidesOf(canary.Traffic) is var (stable, other) && GoDuration.TryParse(canary.ScaleDownDelay, out var delay) => new TrafficPlan(stable, other, delay),
        { Canary: null, BlueGreen: { } blueGreen } when GoDuration.TryParse(blueGreen.ScaleDownDelay, out var delay) => Of(blueGreen, delay),
        _ => null,
    };

    public static TrafficPlan Of(BlueGreenStrategy blueGreen, TimeSpan scaleDownDelay) =>
        new(new TrafficSide(blueGreen.ActiveService), new TrafficSide(blueGreen.PreviewService), scaleDownDelay) { Preview = new PreviewPlan(blueGreen.PreviewReplicas) };

    /// <summary>The stable side and the canary's; null where they are not said, or twice.</summary>
    public static (TrafficSide Stable, TrafficSide Canary)? SidesOf(CanaryTraffic? traffic) => traffic switch
    {
        { GatewayAPI: { } gateway, Istio: null, Nginx: null } => SidesOf(gateway),
        { GatewayAPI: null, Istio: { } istio, Nginx: null } => SidesOf(istio),
        { GatewayAPI: null, Istio: null, Nginx: { } nginx } => SidesOf(nginx),
        _ => null,
    };

    private static (TrafficSide Stable, TrafficSide Canary) SidesOf(RoutedServices services) => (new TrafficSide(services.StableService), new TrafficSide(services.CanaryService));

    private static (TrafficSide Stable, TrafficSide Canary)? SidesOf(IstioTraffic istio) => istio switch
    {
        { DestinationRule: { } rule, StableService: null, CanaryService: null } => (new TrafficSide(rule.StableSubset, rule.Name), new TrafficSide(rule.CanarySubset, rule.Name)),
        { DestinationRule: null, StableService: { } stable, CanaryService: { } canary } => (new TrafficSide(stable), new TrafficSide(canary)),
        _ => null,
    };
}
