using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The two sides whose labels a strategy has the operator write.</summary>
/// <param name="Field">Where the spec names them.</param>
/// <param name="StableField">The field with <paramref name="Stable"/>.</param>
/// <param name="Stable">For the stable revision; the active Service of blue-green.</param>
/// <param name="CanaryField">The field with <paramref name="Canary"/>.</param>
/// <param name="Canary">For the canary; the preview of blue-green.</param>
internal sealed record SteeredSides(string Field, string StableField, TrafficSide Stable, string CanaryField, TrafficSide Canary)
{
    /// <summary>The two Services of a route.</summary>
    public static SteeredSides Between(string field, string stable, string canary) => new(field, "stableService", new TrafficSide(stable), "canaryService", new TrafficSide(canary));

    public static SteeredSides Between(string field, RoutedServices services) => Between(field, services.StableService, services.CanaryService);

    /// <summary>The two subsets of a DestinationRule.</summary>
    public static SteeredSides Between(string field, IstioSubsets subsets) =>
        new(field, "stableSubset", new TrafficSide(subsets.StableSubset, subsets.Name), "canarySubset", new TrafficSide(subsets.CanarySubset, subsets.Name));

    /// <summary>Those of blue-green.</summary>
    public static SteeredSides Between(string field, BlueGreenStrategy strategy) =>
        new(field, "activeService", new TrafficSide(strategy.ActiveService), "previewService", new TrafficSide(strategy.PreviewService));
}
