using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>Moves a Deployment's pods from its old ReplicaSets to the one of its present template.</summary>
internal sealed class DeploymentReconciler(ClusterLifePorts ports) : IReconciler
{
    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    private readonly ReplicaSetWriter _replicaSets = new(ports);
    private readonly DeploymentStatusWriter _status = new(ports);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1Deployment>(key) is not { } deployment) return ReconcileResult.Success;

        var sets = await ClaimAsync(deployment, ct);
        if (deployment.Metadata.DeletionTimestamp is not null) return await _status.WriteAsync(deployment, sets, createdNow: false, ct);

        var known = sets.Newest is not null;
        sets = await RollAsync(deployment, sets, ct);
        return await _status.WriteAsync(deployment, sets, createdNow: !known && sets.Newest is not null, ct);
    }

    private async Task<RevisionSets> ClaimAsync(V1Deployment deployment, CancellationToken ct)
    {
        var candidates = ports.Reader.List<V1ReplicaSet>(deployment.Metadata.Namespace ?? "", AnyLabels)
            .Where(item => item.IsOwnedBy(deployment.Metadata.Uid) || (item.Metadata.ControllerOwner() is null && deployment.Spec?.Selector.Selects(item.Metadata) == true));
        return RevisionSets.Of(deployment, await ports.ClaimAsync(deployment, deployment.Spec?.Selector, candidates.ToList(), ct));
    }

    private async Task<RevisionSets> RollAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        if (deployment.Spec?.Paused == true || sets.NeedScaling(deployment)) return await ScaleAsync(deployment, sets, ct);
        return deployment.Spec?.Strategy?.Type == "Recreate" ? await RecreateAsync(deployment, sets, ct) : await UpdateAsync(deployment, sets, ct);
    }

    /// <summary>Follows a change of the replicas without moving between revisions.</summary>
    private async Task<RevisionSets> ScaleAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        foreach (var scale in sets.Rescale(deployment)) sets = sets.With(await _replicaSets.ScaleAsync(deployment, scale, ct));
        return sets;
    }

    private async Task<RevisionSets> UpdateAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        var newest = await _replicaSets.EnsureNewestAsync(deployment, sets, ct);
        sets = sets.With(newest);
        var wanted = newest.Replicas() > deployment.Replicas()
            ? deployment.Replicas()
            : RollingUpdate.NewReplicas(deployment, newest.Replicas(), sets.All.Sum(DeploymentExtensions.Replicas));
        if (wanted != newest.Replicas()) return sets.With(await _replicaSets.ScaleAsync(deployment, new Scale(newest, wanted), ct));

        foreach (var scale in RollingUpdate.ScaleDownOld(deployment, newest, sets.Old)) sets = sets.With(await _replicaSets.ScaleAsync(deployment, scale, ct));
        return await _replicaSets.CleanUpAsync(deployment, sets, ct);
    }

    /// <summary>Takes every old pod away before the first new one is created.</summary>
    private async Task<RevisionSets> RecreateAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        var live = sets.Old.Where(item => item.Replicas() > 0).ToList();
        foreach (var item in live) sets = sets.With(await _replicaSets.ScaleAsync(deployment, new Scale(item, 0), ct));
        if (live.Count > 0 || await AnyOldPodAsync(deployment, sets, ct)) return sets;

        var newest = await _replicaSets.EnsureNewestAsync(deployment, sets, ct);
        sets = sets.With(newest);
        if (newest.Replicas() != deployment.Replicas()) sets = sets.With(await _replicaSets.ScaleAsync(deployment, new Scale(newest, deployment.Replicas()), ct));
        return await _replicaSets.CleanUpAsync(deployment, sets, ct);
    }

    /// <summary>Rests on an absence, so it looks live: an old pod must not run beside a new one.</summary>
    private async Task<bool> AnyOldPodAsync(V1Deployment deployment, RevisionSets sets, CancellationToken ct)
    {
        var old = sets.Old.Select(item => item.Metadata.Uid).ToHashSet();
        if (old.Count == 0) return false;
        var labels = deployment.Spec?.Selector?.MatchLabels ?? AnyLabels;
        var pods = await ports.Reader.ListLiveAsync<V1Pod>(deployment.Metadata.Namespace ?? "", labels, ct);
        return pods.Any(pod => !pod.IsTerminal() && old.Contains(pod.Metadata.ControllerOwner()?.Uid));
    }
}
