using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>Blue-green: through a preview, and back from the soak while the old pods are still there.</summary>
internal static class Switched
{
    private static readonly RolloutYaml Preview1 = Small1 with { BlueGreen = RouteYaml.BlueGreen, ScaleDownDelay = "10s" };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("blue-green", SwitchedWorld, [Apply(Preview1.V(2) with { Steps = ["pause: {duration: 5s}"] })])
        {
            Expected = world => Leads(world, Outcome.Promoted, 2),
        },
        new("blue-green-back", SwitchedWorld,
        [
            Apply(Preview1.V(2) with { Analysis = Latency, Soak = "1m" }),
            LatencyRises(world => world.Release?.Stage == Stage.Soaking),
        ])
        {
            Expected = world => Leads(world, Outcome.RolledBack, 1),
        },
    ];

    private static void SwitchedWorld(ReleaseWorld world)
    {
        world.Prometheus.ThresholdValue = 0.1;
        world.Switched(Preview1);
    }

    private static void Leads(ReleaseWorld world, Outcome outcome, int version)
    {
        world.Status.LastRelease!.Outcome.ShouldBe(outcome);
        world.Status.Stable!.Images.ShouldBe([$"registry.example.com/payments:v{version}"]);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable.Revision);
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBe(world.Status.Stable.Revision);
    }
}
