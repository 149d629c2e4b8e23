using Sluice.Engine.Jobs;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Jobs;

/// <summary>Maps a Job and its pod to what the engine looks at.</summary>
internal static class JobReader
{
    /// <param name="job">The Job.</param>
    /// <param name="pod">Its pod; null when there is none.</param>
    /// <param name="ownerUid">UID of what it should belong to.</param>
    /// <param name="keepsText">Whether what the container itself wrote may be kept: its termination message is as much its own text as its log.</param>
    public static ObservedJob Read(V1Job job, V1Pod? pod, string? ownerUid, bool keepsText)
    {
        var complete = Condition(job, "Complete");
        var failed = Condition(job, "Failed");
        var failing = Failing(job);
        var container = Decisive(pod);
        var terminated = container?.State?.Terminated;
        return new ObservedJob
        {
            Name = job.Metadata.Name ?? "",
            Uid = job.Metadata.Uid ?? "",
            IsOurs = job.Metadata.ControllerOwner()?.Uid == ownerUid,
            IsDeleting = job.Metadata.DeletionTimestamp is not null,
            End = complete is not null ? JobEnd.Complete : failed is not null ? JobEnd.Failed : JobEnd.NotYet,
            FailingSince = failing?.LastTransitionTime,
            FailureReason = (failed ?? failing)?.Reason,
            FinishedAt = job.Status?.CompletionTime ?? (complete ?? failed)?.LastTransitionTime,
            HasPod = pod is not null,
            ExitCode = terminated?.ExitCode,
            NeverRan = pod?.Status?.Phase == "Pending" && !AllOf(pod).Any(HasRun),
            WasDisrupted = IsDisrupted(pod),
            PodReason = terminated?.Reason is "Completed" or "Error" ? null : terminated?.Reason ?? WaitingReason(container) ?? Unschedulable(pod)?.Reason ?? pod?.Status?.Reason,
            PodMessage = (keepsText ? terminated?.Message : null) ?? container?.State?.Waiting?.Message ?? Unschedulable(pod)?.Message ?? pod?.Status?.Message,
            LogTail = null,
        };
    }

    /// <summary>The container that tells how the pod went: one that failed, or else the first. Its sidecars, which others may have put beside it, end well.</summary>
    public static V1ContainerStatus? Decisive(V1Pod? pod) =>
        AllOf(pod).FirstOrDefault(container => container.State?.Terminated is { ExitCode: not 0 })
        ?? (pod?.Status?.ContainerStatuses is [var first, ..] ? first : null);

    public static bool HasEnded(V1Job job) => Condition(job, "Complete") is not null || Condition(job, "Failed") is not null;

    /// <summary>Whether it is decided that it fails, and a pod of it has not stopped yet.</summary>
    public static bool IsFailing(V1Job job) => Failing(job) is not null;

    /// <summary>Kubernetes sets Failed only once all pods have stopped, from 1.31 on; this comes first.</summary>
    private static V1PodCondition? Failing(V1Job job) => HasEnded(job) ? null : Condition(job, "FailureTarget");

    private static IEnumerable<V1ContainerStatus> AllOf(V1Pod? pod) => (pod?.Status?.InitContainerStatuses ?? []).Concat(pod?.Status?.ContainerStatuses ?? []);

    private static bool HasRun(V1ContainerStatus container) => container.State?.Running is not null || container.State?.Terminated is not null || container.LastState?.Terminated is not null;

    private static bool IsDisrupted(V1Pod? pod) =>
        pod?.Status?.Reason is "Evicted" or "Preempting" or "Shutdown" or "NodeLost"
        || (pod?.Status?.Conditions ?? []).Any(condition => condition is { Type: "DisruptionTarget", Status: "True" });

    private static string? WaitingReason(V1ContainerStatus? container) =>
        container?.State?.Waiting?.Reason is { } reason and not ("ContainerCreating" or "PodInitializing") ? reason : null;

    private static V1PodCondition? Unschedulable(V1Pod? pod) =>
        (pod?.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });

    private static V1PodCondition? Condition(V1Job job, string type) =>
        (job.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == type && condition.Status == "True");
}
