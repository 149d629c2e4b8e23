using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>A Deployment that runs is taken over, and given back.</summary>
internal static class Takeovers
{
    private static readonly RolloutYaml AtOnce = V1 with { ScaleDown = "OnSuccess" };

    private static readonly RolloutYaml StepByStep = V1 with { ScaleDown = "Progressively" };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("taken-over", Running, [Apply(AtOnce)]) { Expected = IsTaken },
        new("taken-over-step-by-step", Running, [Apply(StepByStep)]) { Expected = IsTaken },
        new("handed-back", TakenOver, [new("deletes the Rollout", _ => true, world => world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name))])
        {
            Expected = world =>
            {
                world.Exists.ShouldBeFalse();
                DeploymentOf(world).Status!.AvailableReplicas.ShouldBe(2);
            },
        },
    ];

    private static void IsTaken(ReleaseWorld world)
    {
        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.Pods.Count.ShouldBe(2);
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
    }

    private static void Running(ReleaseWorld world)
    {
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(V1, replicas: 2));
        world.Cluster.RunUntil(() => DeploymentOf(world).Status?.AvailableReplicas == 2, TimeSpan.FromMinutes(1));
    }

    private static void TakenOver(ReleaseWorld world)
    {
        Running(world);
        world.Deployed(AtOnce);
    }

    private static V1Deployment DeploymentOf(ReleaseWorld world) => world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name)!;
}
