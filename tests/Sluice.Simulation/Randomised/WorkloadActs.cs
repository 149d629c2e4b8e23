using System.Text.Json.Nodes;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>What people do to the Deployment that a Rollout takes over, and to the takeover.</summary>
internal static class WorkloadActs
{
    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("edit the Deployment's template", 3, (world, draws) => Edit(world, world.Plans.Next(draws))),
        Kind("scale the Deployment", 3, (world, draws) => Scale(world, draws.Next(2) == 0 ? draws.Next(1, 9) : 0)),
        Kind("apply the Deployment's manifest again", 1, (world, _) => Make(world, world.Plans.Last)),
        Kind("delete the Deployment", 1, (world, _) => world.Delete<V1Deployment>([DeploymentYaml.Name])),
        Kind("the Deployment is put back", 1, (world, _) => world.PutBackDeployment()),
        Kind("let the Deployment give way in another manner", 1, (world, draws) => world.Patch($$$"""{"spec":{"workloadRef":{"scaleDown":"{{{Features.AnyScaleDown(draws)}}}"} } }""")),
        Kind("delete the Rollout, so that the Deployment serves again", 2, (world, _) => world.DeleteRollout(leavesDependents: false)),
        Kind("the Rollout is made again", 2, (world, _) => world.Apply(world.Plans.Last)),
    ];

    public static void Scale(RandomWorld world, int replicas) =>
        world.Try($"scale the Deployment to {replicas}", () => world.World.Cluster.Kubectl.Scale<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, replicas));

    /// <summary>The Deployment with the pods that a Rollout would have; where it is there, its template alone is edited.</summary>
    public static void Apply(RandomWorld world, RolloutYaml rollout)
    {
        if (world.World.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name) is null) Make(world, rollout);
        else Edit(world, rollout);
    }

    private static void Make(RandomWorld world, RolloutYaml rollout) =>
        world.Try($"apply the Deployment with {rollout.Replicas} pods of {rollout.Image}", () => world.World.Cluster.Kubectl.Apply(DeploymentYaml.Of(rollout, rollout.Replicas)));

    private static void Edit(RandomWorld world, RolloutYaml rollout)
    {
        var template = VirtualKubectl.Read(DeploymentYaml.Of(rollout, replicas: null)).Single()["spec"]!["template"]!.DeepClone();
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } }.ToJsonString();
        world.Try($"edit the Deployment's template to {rollout.Image}", () => world.World.Cluster.Kubectl.Patch<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, patch));
    }

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Features, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
