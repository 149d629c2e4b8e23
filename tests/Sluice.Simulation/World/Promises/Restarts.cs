using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>The operator deletes a pod only where the committed status says that it restarts: an old one of stable, and never below replicas − maxUnavailable.</summary>
internal sealed class Restarts(ReleaseWorld world) : IPromise
{
    private readonly Records records = new(world);

    public void Check(Write write)
    {
        if (write.Resource != "pods" || !write.IsTheOperators) return;

        var pod = (V1Pod)write.Before!;
        Promise.Keep(write.IsDeletion || ((V1Pod)write.After!).Metadata.DeletionTimestamp is not null, "the operator changes no pod", $"{write.Name}");
        var rollout = world.Cluster.Get<Rollout>(write.Namespace, pod.Metadata.Label(Labels.Rollout) ?? "");
        Promise.Keep(rollout is not null && IsUnderWay(rollout), "a pod is deleted by a restart alone, which the status has announced", $"{write.Name} while {rollout?.Status?.Message}");
        Promise.Keep(pod.Metadata.CreationTimestamp < rollout!.Spec.RestartAt, "a restart takes pods that are older than it", $"{write.Name} of {pod.Metadata.CreationTimestamp:O}, restart at {rollout.Spec.RestartAt:O}");
        Promise.Keep(pod.Metadata.Label(Labels.Revision) == rollout.Status!.Stable?.Revision, "a restart takes pods of stable", $"{write.Name}");
        if (!pod.IsReady()) return;

        var left = world.Cluster.List<V1Pod>(write.Namespace, (Labels.Rollout, rollout.Metadata.Name!)).Count(other => other.Metadata.Uid != pod.Metadata.Uid && other.Metadata.DeletionTimestamp is null && other.IsReady());
        var needed = records.PlanOf(rollout).MinAvailable;
        Promise.Keep(left >= needed, "a restart leaves replicas − maxUnavailable pods ready", $"{write.Name} was deleted, {left} ready ones are left of {needed} needed");
    }

    /// <summary>By the committed status, for the time that the spec names.</summary>
    public static bool IsUnderWay(Rollout rollout) =>
        rollout.Status is { Release: null, Restart: { FinishedAt: null } restart } && restart.At == rollout.Spec.RestartAt && !rollout.Spec.Paused && rollout.Status.PausedBy is null;
}
