using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Pods go: deleted, evicted, or lost with their node.</summary>
internal static class PodFaults
{
    private static readonly DeleteOptions AtOnce = DeleteOptions.Background with { GracePeriodSeconds = 0 };

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        new("delete a pod", DisturbanceFamily.Pods, 2, (world, disturbance) => world.DeleteOne<V1Pod>(disturbance.Draws())),
        new("a pod is gone without grace", DisturbanceFamily.Pods, 2, (world, disturbance) => world.DeleteOne<V1Pod>(disturbance.Draws(), AtOnce)),
        new("a node is lost", DisturbanceFamily.Pods, 1, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            world.Delete<V1Pod>(world.World.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Select(pod => pod.Metadata.Name!).Where(_ => draws.Next(3) == 0).ToList(), AtOnce);
        }),
    ];
}
