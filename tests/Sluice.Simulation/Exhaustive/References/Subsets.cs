using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>Behind two subsets of one Service: both are parts of one object, and the route is another.</summary>
internal static class Subsets
{
    private static readonly RolloutYaml Behind1 = Small1 with { Traffic = RouteYaml.SubsetTraffic, ScaleDownDelay = "2s" };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("subsets", SplitWorld, [Apply(Behind1.V(2) with { Steps = ["setWeight: 20"] })])
        {
            Expected = world =>
            {
                world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
                world.Status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
                (world.Traffic.Weight, world.Traffic.Stable, world.Traffic.Canary).ShouldBe((0, world.Status.Stable.Revision, world.Status.Stable.Revision));
            },
        },
    ];

    private static void SplitWorld(ReleaseWorld world)
    {
        foreach (var kind in ReleaseWorld.RouteKinds) world.Cluster.Kubectl.Apply(kind);
        world.Cluster.Kubectl.Apply(RouteYaml.Subsets);
        world.Deployed(Behind1);
    }
}
