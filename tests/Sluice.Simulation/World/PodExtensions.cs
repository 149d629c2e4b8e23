using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World;

/// <summary>What a pod's status says of it.</summary>
internal static class PodExtensions
{
    public static bool IsReady(this V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
}
