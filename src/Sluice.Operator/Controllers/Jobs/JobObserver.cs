using Sluice.Engine.Jobs;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Jobs;

/// <summary>Looks at a Job with its pod and, once it has ended, the end of its log.</summary>
internal sealed class JobObserver(IClusterReader reader, TimeProvider time)
{
    public const int LogTailBytes = 4096;

    /// <summary>A node that is cut off keeps its logs to itself. For so long after a Job's end they are asked for again; then the result counts more than its log.</summary>
    private static readonly TimeSpan LogPatience = TimeSpan.FromMinutes(2);

    /// <summary>Before that nothing is said of a Job that has no pod yet.</summary>
    private static readonly TimeSpan PodPatience = TimeSpan.FromSeconds(5);

    /// <param name="job">The Job.</param>
    /// <param name="podLabels">Labels that its pod has.</param>
    /// <param name="ownerUid">UID of what it should belong to.</param>
    /// <param name="keepsText">Whether what the container itself wrote may be kept.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<ObservedJob> ObserveAsync(V1Job job, IReadOnlyDictionary<string, string> podLabels, string? ownerUid, bool keepsText, CancellationToken ct)
    {
        // A Job that has ended is judged by its pod as it is: in an older view of it the command has not run yet, and what has not run may be started again.
        var ns = job.Metadata.Namespace ?? "";
        var hasEnded = JobReader.HasEnded(job);
        var pod = PodOf(job, hasEnded ? await reader.ListLiveAsync<V1Pod>(ns, podLabels, ct) : reader.List<V1Pod>(ns, podLabels));
        if (pod is null && !hasEnded && time.GetUtcNow() - job.Metadata.CreationTimestamp > PodPatience) pod = PodOf(job, await reader.ListLiveAsync<V1Pod>(ns, podLabels, ct));
        var observed = JobReader.Read(job, pod, ownerUid, keepsText);
        if (observed.End == JobEnd.NotYet || !keepsText || pod is null) return observed;

        var log = await LogAsync(pod, observed.FinishedAt, ct);
        return observed with { LogTail = string.IsNullOrEmpty(log) ? null : log };
    }

    private static V1Pod? PodOf(V1Job job, IEnumerable<V1Pod> pods) => pods
        .Where(candidate => candidate.Metadata.ControllerOwner()?.Uid == job.Metadata.Uid)
        .OrderByDescending(candidate => candidate.Metadata.CreationTimestamp)
        .FirstOrDefault();

    private async Task<string?> LogAsync(V1Pod pod, DateTimeOffset? finishedAt, CancellationToken ct)
    {
        try
        {
            return await reader.ReadPodLogTailAsync(NamespacedName.Of(pod), JobReader.Decisive(pod)?.Name, LogTailBytes, ct);
        }
        catch (KubernetesException unread) when (time.GetUtcNow() - finishedAt > LogPatience)
        {
            return $"(the log could not be read: {unread.Message[..Math.Min(unread.Message.Length, LogTailBytes / 4)]})";
        }
    }
}
