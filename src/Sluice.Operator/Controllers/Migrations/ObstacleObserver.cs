using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Migrations;

/// <summary>
/// Looks for what a contract or an undo would break, by live reads alone. A contract looks with its lock in hand, and whoever opens a canary commits that to its status before
/// it looks at the lock: so at least one of two sees the other.
/// </summary>
internal sealed class ObstacleObserver(IClusterReader reader)
{
    /// <summary>What is in the way, in words; null when nothing is.</summary>
    /// <param name="rollout">Of the migration, as it was read live.</param>
    /// <param name="migration">One that waits for its lock.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<string?> OfAsync(Rollout rollout, Migration migration, CancellationToken ct) => migration.Spec.Phase switch
    {
        MigrationPhase.Contract => await PodAsync(rollout, revision => revision != rollout.Status?.Release?.Revision, ct) ?? await DeploymentPodAsync(rollout, ct) ?? await CanaryAsync(rollout, migration, ct),
        MigrationPhase.Undo => await PodAsync(rollout, revision => revision == migration.Spec.Revision, ct),
        _ => null,
    };

    /// <summary>A pod of the Rollout that may still run, whoever made it; terminating ones too.</summary>
    private async Task<string?> PodAsync(Rollout rollout, Func<string?, bool> isMeant, CancellationToken ct)
    {
        var labels = new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "" };
        var pods = await reader.ListLiveAsync<V1Pod>(rollout.Metadata.Namespace ?? "", labels, ct);
        var pod = pods.FirstOrDefault(candidate => MigrationPods.MayRun(candidate) && isMeant(candidate.Metadata.Label(Labels.Revision)));
        return pod is null ? null : $"pod {pod.Metadata.Name} of revision {pod.Metadata.Label(Labels.Revision)} is still there";
    }

    /// <summary>A pod of the Deployment that the Rollout takes over. Its figures do not count those that terminate.</summary>
    private async Task<string?> DeploymentPodAsync(Rollout rollout, CancellationToken ct)
    {
        if (rollout.Spec.WorkloadRef is not { } reference) return null;

        var ns = rollout.Metadata.Namespace ?? "";
        var deployment = await reader.GetLiveAsync<V1Deployment>(new NamespacedName(ns, reference.Name), ct);
        if (deployment?.Spec?.Selector?.MatchLabels is not { Count: > 0 } labels) return null;

        var pod = (await reader.ListLiveAsync<V1Pod>(ns, labels, ct)).FirstOrDefault(candidate =>
            MigrationPods.MayRun(candidate)
            && candidate.Metadata.Label(Labels.Rollout) is null
            && candidate.Metadata.ControllerOwner() is { Kind: "ReplicaSet" } owner && owner.Name.StartsWith($"{reference.Name}-", StringComparison.Ordinal));
        return pod is null ? null : $"pod {pod.Metadata.Name} of Deployment {reference.Name} is still there";
    }

    private async Task<string?> CanaryAsync(Rollout rollout, Migration migration, CancellationToken ct)
    {
        foreach (var other in await reader.ListLiveAsync<Rollout>(rollout.Metadata.Namespace ?? "", ct))
        {
            if (other.Metadata.Name == rollout.Metadata.Name || other.Status?.Release is not { Stage: Stage.Starting or Stage.Stepping or Stage.Promoting or Stage.RollingBack } release) continue;
            if (await LockOfAsync(other, release, ct) == migration.Spec.Lock) return $"Rollout {other.Metadata.Name}, which shares lock {migration.Spec.Lock}, has an open canary";
        }

        return null;
    }

    private async Task<string?> LockOfAsync(Rollout rollout, ReleaseProgress release, CancellationToken ct)
    {
        var key = new NamespacedName(rollout.Metadata.Namespace ?? "", release.Name);
        return MigrationLocks.OfFlight(rollout, reader.Get<Release>(key) ?? await reader.GetLiveAsync<Release>(key, ct));
    }
}
