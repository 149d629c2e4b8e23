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

    /// <summary>The annotations that ReplicaSets have from their Deployment, such as the cause of a change.</summary>
    public static IEnumerable<KeyValuePair<string, string>> HandedDown(this V1Deployment deployment) => (deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        .Where(entry => entry.Key is not (WellKnown.LastApplied or WellKnown.DeploymentRevision or WellKnown.DesiredReplicas or WellKnown.MaxReplicas));

    private static long? Number(IKubernetesObject item, string annotation) =>
        long.TryParse(item.Metadata.Annotation(annotation), out var number) ? number : null;
}
