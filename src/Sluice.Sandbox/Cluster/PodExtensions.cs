using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

/// <summary>The words in which controllers speak of pods.</summary>
internal static class PodExtensions
{
    public static bool HasSucceeded(this V1Pod pod) => pod.Status?.Phase == "Succeeded";

    public static bool HasFailed(this V1Pod pod) => pod.Status?.Phase == "Failed";

    public static bool IsTerminal(this V1Pod pod) => pod.HasSucceeded() || pod.HasFailed();

    public static bool IsTerminating(this V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Neither ended nor on its way out: what a controller counts towards its replicas.</summary>
    public static bool IsActive(this V1Pod pod) => !pod.IsTerminal() && !pod.IsTerminating();

    public static bool IsReady(this V1Pod pod) => pod.ReadyCondition()?.Status == "True";

    /// <summary>Since when the pod is ready; null when it is not.</summary>
    public static DateTimeOffset? ReadySince(this V1Pod pod) =>
        pod.ReadyCondition() is { Status: "True" } ready ? ready.LastTransitionTime ?? DateTimeOffset.MinValue : null;

    /// <summary>When the pod becomes available if it stays ready; null while it is not ready.</summary>
    public static DateTimeOffset? AvailableFrom(this V1Pod pod, int minReadySeconds) => pod.ReadySince() is { } since
        ? minReadySeconds == 0 ? DateTimeOffset.MinValue : since.AddSeconds(minReadySeconds)
        : null;

    public static int Restarts(this V1Pod pod) => pod.Status?.ContainerStatuses?.Sum(container => container.RestartCount) ?? 0;

    public static V1Container? FirstContainer(this V1Pod pod) => pod.Spec?.Containers is { Count: > 0 } containers ? containers[0] : null;

    public static bool IsOwnedBy(this IKubernetesObject item, string? uid) => item.Metadata.ControllerOwner()?.Uid == uid;

    private static V1PodCondition? ReadyCondition(this V1Pod pod) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
}
