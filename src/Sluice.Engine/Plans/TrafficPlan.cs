using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Engine.Plans;

/// <summary>The two Services by which the revisions get their traffic.</summary>
/// <param name="StableService">For the stable revision; the active one of blue-green.</param>
/// <param name="CanaryService">For the canary; while there is none, for the stable revision too. The preview of blue-green.</param>
/// <param name="ScaleDownDelay">How long pods stay once no traffic is sent to them.</param>
public sealed record TrafficPlan(string StableService, string CanaryService, TimeSpan ScaleDownDelay)
{
    /// <summary>Set for blue-green, where the stable Service is turned round at once; null where a route splits the traffic between the two by weight.</summary>
    public PreviewPlan? Preview { get; init; }

    /// <summary>The plan of a strategy; null where the numbers of pods carry the weight, or where what the strategy says of it cannot be read.</summary>
    public static TrafficPlan? Of(RolloutStrategy strategy) => strategy switch
    {
        { Canary: { } canary, BlueGreen: null } when ServicesOf(canary.Traffic) is { } services && GoDuration.TryParse(canary.ScaleDownDelay, out var delay) => Of(services, delay),
        { Canary: null, BlueGreen: { } blueGreen } when GoDuration.TryParse(blueGreen.ScaleDownDelay, out var delay) => Of(blueGreen, delay),
        _ => null,
    };

    public static TrafficPlan Of(RoutedServices services, TimeSpan scaleDownDelay) => new(services.StableService, services.CanaryService, scaleDownDelay);

    public static TrafficPlan Of(BlueGreenStrategy blueGreen, TimeSpan scaleDownDelay) =>
        new(blueGreen.ActiveService, blueGreen.PreviewService, scaleDownDelay) { Preview = new PreviewPlan(blueGreen.PreviewReplicas) };

    private static RoutedServices? ServicesOf(CanaryTraffic? traffic) => traffic switch
    {
        { GatewayAPI: { } gateway, Istio: null, Nginx: null } => gateway,
        { GatewayAPI: null, Istio: { } istio, Nginx: null } => istio,
        { GatewayAPI: null, Istio: null, Nginx: { } nginx } => nginx,
        _ => null,
    };
}
