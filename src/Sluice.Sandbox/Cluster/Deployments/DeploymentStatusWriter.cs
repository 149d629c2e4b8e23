using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>Counts what the ReplicaSets report and judges the rollout's progress: what <c>kubectl rollout status</c> reads.</summary>
internal sealed class DeploymentStatusWriter(ClusterLifePorts ports)
{
    public async Task<ReconcileResult> WriteAsync(V1Deployment deployment, RevisionSets sets, bool createdNow, CancellationToken ct)
    {
        var now = ports.Time.GetUtcNow();
        var status = Count(deployment, sets);
        status = status with { Conditions = DeploymentConditions.Of(deployment, status, sets, createdNow, now) };
        if (!Same(deployment.Status, status)) await UpdateAsync(deployment, status, ct);
        return DeploymentConditions.Deadline(deployment, status) is { } deadline && deadline > now ? ReconcileResult.After(deadline - now) : ReconcileResult.Success;
    }

    // The pass may have annotated the Deployment itself with its revision; the live version is then the one to write on.
    private async Task UpdateAsync(V1Deployment deployment, V1DeploymentStatus status, CancellationToken ct)
    {
        try
        {
            await ports.Writer.UpdateStatusAsync(deployment with { Status = status }, WriteOptions.Default, ct);
        }
        catch (KubernetesException late) when (late.IsConflict)
        {
            var live = await ports.Reader.GetLiveAsync<V1Deployment>(NamespacedName.Of(deployment), ct);
            if (live is null || live.Metadata.Uid != deployment.Metadata.Uid || live.Metadata.Generation != deployment.Metadata.Generation) throw;
            await ports.Writer.UpdateStatusAsync(live with { Status = status }, WriteOptions.Default, ct);
        }
    }

    private static V1DeploymentStatus Count(V1Deployment deployment, RevisionSets sets)
    {
        var available = sets.All.Sum(DeploymentExtensions.Available);
        return (deployment.Status ?? new V1DeploymentStatus()) with
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = NullIfZero(sets.All.Sum(item => item.Status?.Replicas ?? 0)),
            UpdatedReplicas = NullIfZero(sets.Newest?.Status?.Replicas ?? 0),
            ReadyReplicas = NullIfZero(sets.All.Sum(item => item.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = NullIfZero(available),
            UnavailableReplicas = NullIfZero(Math.Max(0, sets.All.Sum(DeploymentExtensions.Replicas) - available)),
        };
    }

    private static int? NullIfZero(int count) => count == 0 ? null : count;

    private static bool Same(V1DeploymentStatus? left, V1DeploymentStatus right) =>
        left is not null
        && left with { Conditions = null } == right with { Conditions = null }
        && (left.Conditions ?? []).SequenceEqual(right.Conditions ?? []);
}
