using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Maps a ReplicaSet and its pods to what the engine looks at.</summary>
internal static class ReplicaSetReader
{
    /// <summary>
    /// A pod's Ready condition is False from its start. If it has not changed within these seconds of the start, the pod has never been ready: a probe
    /// cannot succeed and fail again as fast (kubelet's shortest period and threshold are 1 s and 1).
    /// </summary>
    private static readonly TimeSpan StartSlack = TimeSpan.FromSeconds(2);

    public static ObservedReplicaSet Read(V1ReplicaSet set, IEnumerable<V1Pod> pods) => new()
    {
        Name = set.Metadata.Name ?? "",
        Uid = set.Metadata.Uid ?? "",
        ResourceVersion = set.Metadata.ResourceVersion ?? "",
        Revision = set.Metadata.Label(Labels.Revision) ?? "",
        CreatedAt = set.Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch,
        Desired = set.Spec?.Replicas ?? 1,
        Pods = set.Status?.Replicas ?? 0,
        Ready = set.Status?.ReadyReplicas ?? 0,
        MinReadySeconds = set.Spec?.MinReadySeconds ?? 0,
        Available = set.Status?.AvailableReplicas ?? 0,
        IsCurrent = set.Status?.ObservedGeneration == set.Metadata.Generation,
        PodList = [.. pods.OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).Select(Read)],
        CreateFailure = FailureOf(set.Status)?.Message,
    };

    /// <summary>That pods could not be created; null when none was refused.</summary>
    public static V1Condition? FailureOf(V1ReplicaSetStatus? status) => status?.Conditions?.FirstOrDefault(condition => condition is { Type: "ReplicaFailure", Status: "True" });

    private static ObservedPod Read(V1Pod pod)
    {
        var ready = Condition(pod, "Ready");
        var (reason, message) = WaitingOf(pod);
        return new ObservedPod
        {
            Name = pod.Metadata.Name ?? "",
            Uid = pod.Metadata.Uid ?? "",
            CreatedAt = pod.Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch,
            IsReady = ready?.Status == "True",
            ReadySince = ready?.Status == "True" ? ready.LastTransitionTime : null,
            WasReady = ready?.Status == "True" || HasChanged(ready, pod),
            IsTerminating = pod.Metadata.DeletionTimestamp is not null,
            Restarts = (pod.Status?.ContainerStatuses ?? []).Select(container => container.RestartCount).DefaultIfEmpty().Max(),
            WaitingReason = reason,
            WaitingMessage = message,
        };
    }

    private static bool HasChanged(V1PodCondition? ready, V1Pod pod)
    {
        var start = Condition(pod, "PodScheduled")?.LastTransitionTime ?? pod.Status?.StartTime ?? pod.Metadata.CreationTimestamp;
        return ready?.LastTransitionTime is { } changed && start is { } started && changed > started + StartSlack;
    }

    /// <summary>The first container that waits for something other than its creation; else why the pod cannot be scheduled.</summary>
    private static (string? Reason, string? Message) WaitingOf(V1Pod pod)
    {
        var waiting = (pod.Status?.InitContainerStatuses ?? [])
            .Concat(pod.Status?.ContainerStatuses ?? [])
            .Select(container => container.State?.Waiting)
            .FirstOrDefault(state => state?.Reason is not (null or "ContainerCreating" or "PodInitializing"));
        if (waiting is not null) return (waiting.Reason, waiting.Message);

        return Condition(pod, "PodScheduled") is { Status: "False" } scheduled ? (scheduled.Reason ?? "Unschedulable", scheduled.Message) : (null, null);
    }

    private static V1PodCondition? Condition(V1Pod pod, string type) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);
}
