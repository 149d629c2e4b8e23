using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Deployment that runs, a Rollout that takes it over, and the pods that are ready meanwhile.</summary>
internal static class WorkloadTakeover
{
    public const int Replicas = 4;

    public static RolloutYaml Plan => new RolloutYaml { Replicas = Replicas, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {duration: 1m}"], Analysis = null, ScaleDown = "OnSuccess" };

    public static V1Deployment DeploymentOf(ReleaseWorld world) => world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name)!;

    public static void Edit(ReleaseWorld world, RolloutYaml rollout)
    {
        var template = VirtualKubectl.Read(DeploymentYaml.Of(rollout, replicas: null)).Single()["spec"]!["template"]!;
        world.Cluster.Kubectl.Patch<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, new JsonObject { ["spec"] = new JsonObject { ["template"] = template.DeepClone() } }.ToJsonString());
    }

    public static void ScaleTo(ReleaseWorld world, int replicas) => world.Cluster.Kubectl.Scale<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, replicas);

    public static void RunDeployment(ReleaseWorld world, RolloutYaml rollout, int replicas = Replicas)
    {
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(rollout, replicas));
        world.Cluster.RunUntil(() => DeploymentOf(world).Status?.AvailableReplicas == replicas, TimeSpan.FromMinutes(5));
    }

    public static void TakenOver(ReleaseWorld world, RolloutYaml rollout)
    {
        RunDeployment(world, rollout);
        world.Deployed(rollout);
    }

    public static int ReadyPods(ReleaseWorld world) => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, ("app", "payments")).Count(pod => pod.Metadata.DeletionTimestamp is null && pod.IsReady());

    /// <summary>The fewest ready pods from now on that a Service selecting <c>app: payments</c> had after any write.</summary>
    public static Func<int> FewestReady(ReleaseWorld world)
    {
        var fewest = ReadyPods(world);
        world.Cluster.Observe(_ => fewest = Math.Min(fewest, ReadyPods(world)));
        return () => fewest;
    }
}
