using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>Maps a Job and its pod to what the engine looks at.</summary>
internal static class JobReader
{
    /// <param name="job">The Job.</param>
    /// <param name="pod">Its pod; null when there is none.</param>
    /// <param name="migrationUid">UID of the Migration.</param>
    /// <param name="keepsText">Whether what the container itself wrote may be kept: its termination message is as much its own text as its log.</param>
    public static ObservedJob Read(V1Job job, V1Pod? pod, string? migrationUid, bool keepsText)
    {
        var complete = Condition(job, "Complete");
        var failed = Condition(job, "Failed");
        var container = pod?.Status?.ContainerStatuses?.Count > 0 ? pod.Status.ContainerStatuses[0] : null;
        var terminated = container?.State?.Terminated;
        return new ObservedJob
        {
            Name = job.Metadata.Name ?? "",
            Uid = job.Metadata.Uid ?? "",
            IsOurs = job.Metadata.ControllerOwner()?.Uid == migrationUid,
            IsDeleting = job.Metadata.DeletionTimestamp is not null,
            End = complete is not null ? JobEnd.Complete : failed is not null ? JobEnd.Failed : JobEnd.NotYet,
            FailureReason = failed?.Reason,
            FinishedAt = job.Status?.CompletionTime ?? (complete ?? failed)?.LastTransitionTime,
            ExitCode = terminated?.ExitCode,
            NeverRan = pod is not null && terminated is null && container?.State?.Running is null && container?.LastState?.Terminated is null && pod.Status?.Phase == "Pending",
            WasDisrupted = IsDisrupted(pod),
            PodReason = terminated?.Reason is "Completed" or "Error" ? null : terminated?.Reason ?? WaitingReason(container) ?? Unschedulable(pod)?.Reason ?? pod?.Status?.Reason,
            PodMessage = (keepsText ? terminated?.Message : null) ?? container?.State?.Waiting?.Message ?? Unschedulable(pod)?.Message ?? pod?.Status?.Message,
            LogTail = null,
        };
    }

    public static bool HasEnded(V1Job job) => Condition(job, "Complete") is not null || Condition(job, "Failed") is not null;

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
