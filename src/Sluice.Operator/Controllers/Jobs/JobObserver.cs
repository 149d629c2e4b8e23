using Sluice.Engine.Jobs;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Jobs;

/// <summary>Looks at a Job with its pod and, once it has ended, the end of its log.</summary>
internal sealed class JobObserver(IClusterReader reader)
{
    public const int LogTailBytes = 4096;

    /// <param name="job">The Job.</param>
    /// <param name="podLabels">Labels that its pod has.</param>
    /// <param name="ownerUid">UID of what it should belong to.</param>
    /// <param name="keepsText">Whether what the container itself wrote may be kept.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<ObservedJob> ObserveAsync(V1Job job, IReadOnlyDictionary<string, string> podLabels, string? ownerUid, bool keepsText, CancellationToken ct)
    {
        // A Job that has ended is judged by its pod as it is: in an older view of it the command has not run yet, and what has not run may be started again.
        var ns = job.Metadata.Namespace ?? "";
        var pods = JobReader.HasEnded(job) ? await reader.ListLiveAsync<V1Pod>(ns, podLabels, ct) : reader.List<V1Pod>(ns, podLabels);
        var pod = pods
            .Where(candidate => candidate.Metadata.ControllerOwner()?.Uid == job.Metadata.Uid)
            .OrderByDescending(candidate => candidate.Metadata.CreationTimestamp)
            .FirstOrDefault();
        var observed = JobReader.Read(job, pod, ownerUid, keepsText);
        if (observed.End == JobEnd.NotYet || !keepsText || pod is null) return observed;

        var log = await reader.ReadPodLogTailAsync(NamespacedName.Of(pod), JobReader.Decisive(pod)?.Name, LogTailBytes, ct);
        return observed with { LogTail = string.IsNullOrEmpty(log) ? null : log };
    }
}
