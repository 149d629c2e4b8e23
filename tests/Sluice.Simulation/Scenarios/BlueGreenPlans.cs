using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What the scenarios of blue-green begin with, and look at.</summary>
internal static class BlueGreenPlans
{
    public const string Active = RouteYaml.StableService;
    public const string Preview = RouteYaml.CanaryService;

    public static RolloutYaml V1 { get; } = new() { Analysis = null, Steps = ["pause: {duration: 1m}"], BlueGreen = $"{RouteYaml.BlueGreen}, previewReplicas: 3" };

    public static void UntilPromoted(ReleaseWorld world, string release) =>
        world.Until(status => status is { Release: null, LastRelease: { Outcome: Outcome.Promoted } last } && last.Name == release);

    public static IReadOnlyList<(string? Active, string? Preview)> Selected(ReleaseWorld world) => [.. world.Traffic.Moments.Select(moment => (moment.Stable, moment.Canary))];
}
