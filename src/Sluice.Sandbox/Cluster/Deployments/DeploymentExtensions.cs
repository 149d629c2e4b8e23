using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

internal static class DeploymentExtensions
{
    public static int Replicas(this V1Deployment deployment) => deployment.Spec?.Replicas ?? 1;

    public static int Replicas(this V1ReplicaSet replicaSet) => replicaSet.Spec?.Replicas ?? 1;

    public static int Available(this V1ReplicaSet replicaSet) => replicaSet.Status?.AvailableReplicas ?? 0;

    public static long Revision(this IKubernetesObject item) => Number(item, WellKnown.DeploymentRevision) ?? 0;

    public static int? DesiredAnnotation(this V1ReplicaSet replicaSet) => (int?)Number(replicaSet, WellKnown.DesiredReplicas);

    public static int? MaxReplicasAnnotation(this V1ReplicaSet replicaSet) => (int?)Number(replicaSet, WellKnown.MaxReplicas);

    /// <summary>What a Deployment tells its ReplicaSets about itself, for whoever scales them later.</summary>
    public static Dictionary<string, string> SizeAnnotations(this V1Deployment deployment) => new()
    {
        [WellKnown.DesiredReplicas] = deployment.Replicas().ToString(),
        [WellKnown.MaxReplicas] = (deployment.Replicas() + RolloutBounds.Of(deployment).Surge).ToString(),
    };

    private static long? Number(IKubernetesObject item, string annotation) =>
        long.TryParse(item.Metadata.Annotation(annotation), out var number) ? number : null;
}
