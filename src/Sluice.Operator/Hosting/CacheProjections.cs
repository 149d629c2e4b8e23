using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Controllers.Rollouts;

namespace Sluice.Operator.Hosting;

/// <summary>
/// How much of an object is kept in memory. What is written from the cache loses what is left out here, so only what its write ignores may be:
/// ReplicaSets are patched, pods never written, of a Release that has ended only the owner is ever patched, and an update of a custom resource's status takes nothing else
/// from what it is sent.
/// </summary>
internal static class CacheProjections
{
    /// <summary>kubectl's copy of the whole object, which would take more memory than the object itself.</summary>
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>All that was applied, once.</summary>
    public static T Applied<T>(T item)
        where T : class, IKubernetesObject<T>
    {
        if (item.Metadata.Annotation(LastApplied) is null) return item;

        var annotations = item.Metadata.Annotations!.Where(annotation => annotation.Key != LastApplied).ToDictionary(StringComparer.Ordinal);
        return item.WithMetadata(item.Metadata with { Annotations = annotations.Count == 0 ? null : annotations });
    }

    /// <summary>
    /// Of a Release that has ended, its plan, packed, and how it ended: a Rollout keeps a hundred of them by default, and what was measured and decided is for those who
    /// read the Release. One in flight is kept whole, for its story is written from what is kept.
    /// </summary>
    public static Release Ended(Release release) => release.Status is not { Outcome: not null } status
        ? release
        : release with
        {
            Spec = release.Spec with { Template = release.Spec.Template.Packed() },
            Status = new ReleaseStatus { Outcome = status.Outcome, Reason = status.Reason, Message = status.Message, FinishedAt = status.FinishedAt },
        };

    /// <summary>Whose it is, how many pods it wants and has, and why some could not be created; its template is the Release's.</summary>
    public static V1ReplicaSet ReplicaSet(V1ReplicaSet set) => set with
    {
        Metadata = Identity(set.Metadata),
        Spec = set.Spec is null ? null : new V1ReplicaSetSpec { Replicas = set.Spec.Replicas, MinReadySeconds = set.Spec.MinReadySeconds },
        Status = set.Status is null ? null : set.Status with { Conditions = ReplicaSetReader.FailureOf(set.Status) is { } failure ? [failure] : null, ExtensionData = null },
        ExtensionData = null,
    };

    /// <summary>How many pods it wants and has. Its template is read live where a Rollout takes it over, which few Deployments of a cluster are.</summary>
    public static V1Deployment Deployment(V1Deployment deployment) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = deployment.Metadata.Name,
            Namespace = deployment.Metadata.Namespace,
            Uid = deployment.Metadata.Uid,
            ResourceVersion = deployment.Metadata.ResourceVersion,
            Generation = deployment.Metadata.Generation,
            DeletionTimestamp = deployment.Metadata.DeletionTimestamp,
        },
        Spec = new V1DeploymentSpec { Replicas = deployment.Spec?.Replicas },
        Status = deployment.Status is not { } status ? null : new V1DeploymentStatus
        {
            ObservedGeneration = status.ObservedGeneration,
            Replicas = status.Replicas,
            AvailableReplicas = status.AvailableReplicas,
        },
    };

    /// <summary>
    /// Of a Rollout's pods, whether they are ready and what they wait for; a Job's pod tells how it went; of all others (a selector cannot say
    /// "of a Rollout or of a Job") no more than their existence.
    /// </summary>
    public static V1Pod Pod(V1Pod pod)
    {
        if (pod.Metadata.Label(Labels.Attempt) is not null) return pod with { Spec = null, Metadata = pod.Metadata with { Annotations = null } };
        if (pod.Metadata.Label(Labels.Rollout) is not null) return new V1Pod { Metadata = Identity(pod.Metadata), Status = pod.Status is { } status ? Readiness(status) : null };
        return new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Uid = pod.Metadata.Uid,
                ResourceVersion = pod.Metadata.ResourceVersion,
            },
        };
    }

    private static V1ObjectMeta Identity(V1ObjectMeta metadata) => metadata with { Annotations = null, Finalizers = null, ExtensionData = null };

    private static V1PodStatus Readiness(V1PodStatus status) => new()
    {
        Phase = status.Phase,
        StartTime = status.StartTime,
        Conditions = status.Conditions is null ? null : [.. status.Conditions.Where(condition => condition.Type is "Ready" or "PodScheduled")],
        ContainerStatuses = Waiting(status.ContainerStatuses),
        InitContainerStatuses = Waiting(status.InitContainerStatuses),
    };

    private static IReadOnlyList<V1ContainerStatus>? Waiting(IReadOnlyList<V1ContainerStatus>? containers) => containers is null
        ? null
        : [.. containers.Select(container => new V1ContainerStatus
        {
            RestartCount = container.RestartCount,
            State = container.State?.Waiting is { } waiting ? new V1ContainerState { Waiting = waiting } : null,
        })];
}
