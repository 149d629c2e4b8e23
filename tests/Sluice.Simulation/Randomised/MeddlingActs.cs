using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>People lay hands on what is the operator's.</summary>
internal static class MeddlingActs
{
    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("delete the Rollout", 1, (world, draws) => world.DeleteRollout(leavesDependents: draws.Next(2) == 0)),
        Kind("delete a Release", 1, (world, draws) => world.DeleteOne<Release>(draws)),
        Kind("delete a Migration", 1, (world, draws) => world.DeleteOne<Migration>(draws)),
        Kind("delete a Job", 3, (world, draws) => world.DeleteOne<V1Job>(draws)),
        Kind("delete a Decision", 1, (world, draws) => world.DeleteOne<Decision>(draws)),
        Kind("delete a ReplicaSet", 3, (world, draws) => world.DeleteOne<V1ReplicaSet>(draws)),
        Kind("delete a lock, held or not, or say that nobody holds it", 1, (world, draws) =>
        {
            if (draws.Next(2) == 0) world.DeleteOne<V1Lease>(draws);
            else if (world.NameOf<V1Lease>(draws) is { } lease) world.Try($"say that nobody holds {lease}", () => world.World.Cluster.Kubectl.Patch<V1Lease>(ReleaseWorld.Namespace, lease, """{"spec":{"holderIdentity":""}}"""));
        }),
        Kind("scale a ReplicaSet", 3, Scale),
        Kind("wipe the status", 1, (world, _) => world.WipeStatus()),
        Kind("remove a label of a pod", 1, (world, draws) =>
        {
            if (world.NameOf<V1Pod>(draws) is { } pod) world.Try($"remove the labels of pod {pod}", () => world.World.Cluster.Kubectl.Patch<V1Pod>(ReleaseWorld.Namespace, pod, """{"metadata":{"labels":{"sluice.dev/rollout":null}}}"""));
        }),
        Kind("remove a Job's finalizers", 1, (world, draws) =>
        {
            if (world.NameOf<V1Job>(draws) is { } job) world.Try($"remove the finalizers of Job {job}", () => world.World.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job, """{"metadata":{"finalizers":null}}"""));
        }),
    ];

    private static void Scale(RandomWorld world, Random draws)
    {
        var replicas = draws.Next(0, 9);
        if (world.NameOf<V1ReplicaSet>(draws) is { } set) world.Try($"scale {set} to {replicas}", () => world.World.Cluster.Kubectl.Scale<V1ReplicaSet>(ReleaseWorld.Namespace, set, replicas));
    }

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Meddling, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
