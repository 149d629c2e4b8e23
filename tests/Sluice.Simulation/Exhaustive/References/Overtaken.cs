using Sluice.Api;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>The spec asks for another revision, or for the one before, or for nothing any more.</summary>
internal static class Overtaken
{
    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("supersede-expanding", SmallDeployed,
        [
            Apply(Small2 with { Migration = Quick }),
            Apply(world => world.Release?.Stage == Stage.Expanding && world.Migrations.Count > 0, Small2.V(3) with { Steps = [] }),
        ])
        {
            AlsoRight = (_, result) => PromotedAfterSuperseding(result),
            Expected = Ends(3, Outcome.Superseded, Outcome.Promoted),
        },
        new("supersede-starting", SmallDeployed,
        [
            Apply(Small2.With("sandbox.sluice.dev/ready-after", "20s")),
            Apply(Stage.Starting, Small2.V(3) with { Steps = [] }),
        ])
        {
            Expected = Ends(3, Outcome.Superseded, Outcome.Promoted),
        },
        new("supersede", Deployed, [Apply(V2), Apply(StepKind.Pause, V2.V(3))])
        {
            Expected = Ends(3, Outcome.Superseded, Outcome.Promoted),
        },
        new("supersede-promoting", Deployed,
        [
            Apply(V2 with { Steps = [] }),
            Apply(Stage.Promoting, V2.V(3) with { Steps = [] }),
        ])
        {
            Expected = Ends(3, Outcome.Superseded, Outcome.Promoted),
        },
        new("supersede-soaking", SmallDeployed,
        [
            Apply(Small2 with { Soak = "5m", Steps = [] }),
            Apply(Stage.Soaking, Small2.V(3) with { Steps = [] }),
        ])
        {
            Expected = Ends(3, Outcome.Promoted, Outcome.Promoted),
        },
        new("revert", SmallDeployed, [Apply(Small2), Apply(StepKind.Pause, Small1)])
        {
            Expected = Ends(Outcome.Reverted, 1),
        },
        new("revert-promoting", Deployed,
        [
            Apply(V2 with { Replicas = 3, Steps = ["setWeight: 40"] }),
            Apply(Stage.Promoting, V1 with { Replicas = 3 }),
        ])
        {
            Expected = Ends(Outcome.Reverted, 1),
        },
        new("deleted", SmallDeployed,
        [
            Apply(Small2 with { Migration = Quick }),
            new("deletes the Rollout", world => world.Migrations is [{ Status.Attempts: [{ Run.Uid: not null }] }], world => world.Cluster.Kubectl.Delete<Rollout>(World.ReleaseWorld.Namespace, World.ReleaseWorld.Name)),
        ])
        {
            Expected = world =>
            {
                world.Migrations.Single().Status!.State.ShouldBe(MigrationState.Succeeded);
                world.Pods.ShouldBeEmpty();
            },
        },
    ];
}
