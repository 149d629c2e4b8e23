using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Jobs;

/// <summary>
/// Counts each ended pod exactly once, whatever is lost in between: its UID goes into the status, then its finalizer goes, and when no
/// pod carries that UID and the finalizer any more, the UID turns into one count. A pod cannot vanish before it is counted.
/// </summary>
internal sealed class JobAccounts(ClusterLifePorts ports)
{
    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    /// <summary>The UIDs that wait to be counted after this pass: those whose pod is still tracked, and the newly ended.</summary>
    public static V1UncountedTerminatedPods Uncounted(JobView view)
    {
        var tracked = view.Pods.Where(JobView.IsTracked).ToList();
        var uids = tracked.Select(pod => pod.Metadata.Uid).ToHashSet();
        var fresh = tracked.Where(pod => !view.IsUncounted(pod)).ToList();
        return new V1UncountedTerminatedPods
        {
            Succeeded = NullIfEmpty([.. view.Uncounted.Succeeded!.Where(uids.Contains), .. Uids(fresh.Where(PodExtensions.HasSucceeded))]),
            Failed = NullIfEmpty([.. view.Uncounted.Failed!.Where(uids.Contains), .. Uids(fresh.Where(pod => !pod.HasSucceeded() && view.HasFailed(pod)))]),
        };
    }

    /// <summary>How many waiting UIDs turn into counts in this pass.</summary>
    public static (int Succeeded, int Failed) Settled(JobView view)
    {
        var tracked = view.Pods.Where(JobView.IsTracked).Select(pod => pod.Metadata.Uid).ToHashSet();
        return (view.Uncounted.Succeeded!.Count(uid => !tracked.Contains(uid)), view.Uncounted.Failed!.Count(uid => !tracked.Contains(uid)));
    }

    /// <summary>Lets go of the pods whose end the status has recorded.</summary>
    public async Task ReleaseCountedAsync(JobView view, CancellationToken ct)
    {
        foreach (var pod in view.Pods.Where(pod => JobView.IsTracked(pod) && view.IsUncounted(pod))) await ReleaseAsync(pod, ct);
    }

    /// <summary>Lets go of all pods of a Job that is going or (null) gone: nobody counts them any more.</summary>
    public async Task ReleaseAllAsync(NamespacedName key, V1Job? job, CancellationToken ct)
    {
        var tracked = ports.Reader.List<V1Pod>(key.Namespace, AnyLabels)
            .Where(pod => JobView.IsTracked(pod) && pod.Metadata.ControllerOwner() is { Kind: "Job" } owner && owner.Name == key.Name).ToList();
        foreach (var pod in tracked)
        {
            var owner = job ?? await ports.Reader.GetLiveAsync<V1Job>(key, ct);
            if (owner?.Metadata.DeletionTimestamp is not null || !pod.IsOwnedBy(owner?.Metadata.Uid)) await ReleaseAsync(pod, ct);
        }
    }

    private static IEnumerable<string> Uids(IEnumerable<V1Pod> pods) => pods.Select(pod => pod.Metadata.Uid!);

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> uids) => uids.Count == 0 ? null : uids;

    private Task<V1Pod> ReleaseAsync(V1Pod pod, CancellationToken ct) => ports.Writer.PatchAsync<V1Pod>(
        NamespacedName.Of(pod),
        JsonBody.Finalizers(pod.Metadata, pod.Metadata.Finalizers!.Where(finalizer => finalizer != WellKnown.JobTracking)),
        WriteOptions.Default,
        ct);
}
