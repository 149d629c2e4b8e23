using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.ReplicaSets;

/// <summary>Holds as many active pods of a ReplicaSet as it asks for, and counts them into its status.</summary>
internal sealed class ReplicaSetReconciler(ClusterLifePorts ports) : IReconciler
{
    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1ReplicaSet>(key) is not { } replicaSet) return ReconcileResult.Success;

        var pods = await ClaimAsync(replicaSet, ports.Reader.List<V1Pod>(key.Namespace, AnyLabels), ct);
        string? failure = null;
        if (replicaSet.Metadata.DeletionTimestamp is null && Missing(replicaSet, pods) != 0)
        {
            (pods, failure) = await ScaleAsync(replicaSet, ct);
        }

        var now = ports.Time.GetUtcNow();
        await WriteStatusAsync(replicaSet, ReplicaSetStatus.Of(replicaSet, pods, failure, now), ct);
        if (failure is not null) return ReconcileResult.Retry(failure);
        return ReplicaSetStatus.NextAvailable(replicaSet, pods, now) is { } next ? ReconcileResult.After(next - now) : ReconcileResult.Success;
    }

    private static int Missing(V1ReplicaSet replicaSet, IReadOnlyList<V1Pod> active) => (replicaSet.Spec?.Replicas ?? 1) - active.Count;

    private async Task<IReadOnlyList<V1Pod>> ClaimAsync(V1ReplicaSet replicaSet, IEnumerable<V1Pod> candidates, CancellationToken ct)
    {
        var concerned = candidates.Where(pod => pod.IsActive()
            && (pod.IsOwnedBy(replicaSet.Metadata.Uid) || replicaSet.Spec?.Selector.Selects(pod.Metadata) == true));
        return await ports.ClaimAsync(replicaSet, replicaSet.Spec?.Selector, concerned.ToList(), ct);
    }

    /// <summary>
    /// Creates or deletes towards the replicas asked for. The cache may not know yet what the last pass did, so the count that decides is a
    /// live one: no pod is created twice or deleted for nothing.
    /// </summary>
    private async Task<(IReadOnlyList<V1Pod> Active, string? Failure)> ScaleAsync(V1ReplicaSet replicaSet, CancellationToken ct)
    {
        var ns = replicaSet.Metadata.Namespace ?? "";
        var labels = replicaSet.Spec?.Selector?.MatchLabels ?? AnyLabels;
        var active = new List<V1Pod>(await ClaimAsync(replicaSet, await ports.Reader.ListLiveAsync<V1Pod>(ns, labels, ct), ct));
        var missing = Missing(replicaSet, active);
        if (missing >= 0) return (active, await CreateAsync(replicaSet, missing, active, ct));

        active.Sort(PodDeletionOrder.Instance);
        var surplus = active.GetRange(0, -missing);
        active.RemoveRange(0, -missing);
        foreach (var pod in surplus) await DeleteAsync(replicaSet, pod, ct);
        return (active, null);
    }

    private async Task<string?> CreateAsync(V1ReplicaSet replicaSet, int count, List<V1Pod> active, CancellationToken ct)
    {
        try
        {
            var pod = PodTemplates.NewPod(replicaSet.Spec?.Template, replicaSet);
            for (var i = 0; i < count; i++)
            {
                var created = await ports.Writer.CreateAsync(pod, WriteOptions.Default, ct);
                active.Add(created);
                ports.Events.Record(replicaSet, "Normal", "SuccessfulCreate", "Create", $"Created pod: {created.Metadata.Name}");
            }

            return null;
        }
        catch (Exception refused) when (refused is JsonException or KubernetesException { Code: 400 or 403 or 422 })
        {
            ports.Events.Record(replicaSet, "Warning", "FailedCreate", "Create", $"Error creating: {refused.Message}");
            return refused.Message;
        }
    }

    private async Task DeleteAsync(V1ReplicaSet replicaSet, V1Pod pod, CancellationToken ct)
    {
        await ports.Writer.DeleteAsync<V1Pod>(NamespacedName.Of(pod), DeleteOptions.Background with { PreconditionUid = pod.Metadata.Uid }, ct);
        ports.Events.Record(replicaSet, "Normal", "SuccessfulDelete", "Delete", $"Deleted pod: {pod.Metadata.Name}");
    }

    private async Task WriteStatusAsync(V1ReplicaSet replicaSet, V1ReplicaSetStatus status, CancellationToken ct)
    {
        if (ReplicaSetStatus.Same(replicaSet.Status, status)) return;
        await ports.Writer.UpdateStatusAsync(replicaSet with { Status = status }, WriteOptions.Default, ct);
    }
}
