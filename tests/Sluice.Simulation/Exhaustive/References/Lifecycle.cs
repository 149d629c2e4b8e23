using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>What is asked of a Rollout beside steps: pods replaced without a release, and a release without steps.</summary>
internal static class Lifecycle
{
    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("restarted", Deployed, [new("asks for a restart", _ => true, Restart)])
        {
            Expected = world =>
            {
                world.Status.Restart!.FinishedAt.ShouldNotBeNull();
                world.Pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= world.Status.Restart.At);
                world.Releases.ShouldHaveSingleItem();
            },
        },
        new("back-within-the-window", world =>
        {
            SmallDeployed(world);
            world.Deployed(Windowed(2) with { Steps = [] });
        },
        [Apply(Windowed(1) with { Steps = ["pause: {}"] })])
        {
            Expected = Ends(1, Outcome.Promoted, Outcome.Promoted),
        },
    ];

    private static RolloutYaml Windowed(int version) => Small1.V(version) with { Extra = "progressDeadlineSeconds: 60\nrollbackWindow: 1" };

    private static void Restart(ReleaseWorld world) => world.Patch($$$"""{"spec":{"restartAt":"{{{world.Cluster.Now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}}"}}""");
}
