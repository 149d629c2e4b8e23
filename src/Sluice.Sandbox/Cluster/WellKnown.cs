namespace Sluice.Sandbox.Cluster;

/// <summary>Labels, annotations and finalizers that Kubernetes gives a meaning to.</summary>
internal static class WellKnown
{
    public const string PodTemplateHash = "pod-template-hash";

    public const string PodDeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    public const string DeploymentRevision = "deployment.kubernetes.io/revision";

    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";

    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public const string JobName = "batch.kubernetes.io/job-name";

    public const string LegacyJobName = "job-name";

    public const string JobControllerUid = "batch.kubernetes.io/controller-uid";

    public const string LegacyControllerUid = "controller-uid";

    public const string JobTracking = "batch.kubernetes.io/job-tracking";

    public const string ForegroundDeletion = "foregroundDeletion";

    public const string OrphanDependents = "orphan";

    public const string ServiceName = "kubernetes.io/service-name";

    public const string EndpointSliceManagedBy = "endpointslice.kubernetes.io/managed-by";
}
