using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Of a Deployment that is taken over nothing but its replicas is written. They go down only as announced, and only for available pods of the Rollout; they are given
/// back before those go. While it serves no release begins beside it, and while it does not the Rollout is held.
/// </summary>
internal sealed class Adoptions(ReleaseWorld world) : IPromise
{
    /// <summary>How far the operator's view may be behind where nobody says by how much.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Namespace, string Name), DateTimeOffset> emptyUntil = [];
    private readonly Dictionary<(string Namespace, string Name), DateTimeOffset> scaledAt = [];

    public void Check(Write write)
    {
        if (write.Resource == "deployments") Note(write);
        if (!write.IsTheOperators) return;

        if (write.Resource == "deployments") CheckScale(write);
        else if (write is { Resource: "rollouts", IsDeletion: true, Before: Rollout gone }) CheckFarewell(write, gone);
        else if (write.IsReport(out var before, out var after)) CheckReport(write, before, after);
    }

    private void Note(Write write)
    {
        var key = (write.Namespace, write.Name);
        if (!IsServing(write.Before) && IsServing(write.After)) emptyUntil[key] = write.At;
        if ((write.Before as V1Deployment)?.Spec?.Replicas != (write.After as V1Deployment)?.Spec?.Replicas) scaledAt[key] = write.At;
    }

    private void CheckReport(Write write, Rollout before, Rollout after)
    {
        var (ns, name) = (write.Namespace, after.Spec.WorkloadRef?.Name ?? "");
        if (world.Cluster.Get<V1Deployment>(ns, name) is not { Metadata.DeletionTimestamp: null } deployment) return;

        if (before.Status is { Release: null, Stable: not null } && after.Status?.Release is { } release)
        {
            var wasEmpty = !IsServing(deployment) || (emptyUntil.TryGetValue((ns, name), out var until) && write.At <= until + (world.Disturbance ?? Lag));
            Promise.Keep(wasEmpty, "no release begins while pods of the Deployment serve", $"{release.Name} began with {deployment.Spec?.Replicas}, {deployment.Status?.Replicas} there");
        }

        var isLetGo = TrafficInvariants.IsHeld(before) && !TrafficInvariants.IsHeld(after) && after is { Metadata.DeletionTimestamp: null, Status.Stable: not null };
        if (!isLetGo || write.At < scaledAt.GetValueOrDefault((ns, name)) + TimeSpan.FromMinutes(1)) return;

        Promise.Keep(deployment.Spec?.Replicas >= Math.Min(1, after.Spec.Replicas), "a Rollout that serves in a Deployment's place is held", $"{name} has {deployment.Spec?.Replicas} replicas");
    }

    private static bool IsServing(IKubernetesObject? item) => item is V1Deployment { Metadata.DeletionTimestamp: null } deployment && ((deployment.Spec?.Replicas ?? 1) > 0 || deployment.Status?.Replicas > 0);

    private void CheckScale(Write write)
    {
        Promise.Keep(write.Before is not null && write.After is not null, "a Deployment is neither made nor deleted", $"{write.Name}");
        Promise.Keep(JsonNode.DeepEquals(Owned(write.Committed.Before!), Owned(write.Committed.After)), "of a Deployment only spec.replicas is written", $"{write.Name}");
        var (from, to) = (((V1Deployment)write.Before!).Spec?.Replicas ?? 1, ((V1Deployment)write.After!).Spec?.Replicas ?? 1);
        var users = world.Cluster.List<Rollout>(write.Namespace).Where(rollout => rollout.Spec.WorkloadRef?.Name == write.Name).OrderBy(rollout => rollout.Metadata.CreationTimestamp).ToList();
        Promise.Keep(users.Count > 0, "only a Deployment that a Rollout names is scaled", $"{write.Name}");
        if (to < from) CheckDown(users[0], from, to);
        else CheckUp(users[0], from, to);
    }

    private void CheckDown(Rollout rollout, int from, int to)
    {
        var (status, ours) = (rollout.Status ?? new RolloutStatus(), AvailableOf(rollout));
        var what = $"from {from} to {to}, with {ours} of {rollout.Spec.Replicas} pods available; announced is {status.Workload}";
        Promise.Keep(rollout.Spec.WorkloadRef!.ScaleDown != WorkloadScaleDown.Never, "with Never it is not scaled down", $"{what}");
        Promise.Keep(rollout is { Spec.Paused: false, Metadata.DeletionTimestamp: null } && status.PausedBy is null, "nothing is taken over while paused or on the way out", $"{what}");
        Promise.Keep(status.Workload?.To == to && from <= status.Workload.From && status.Workload.Name == rollout.Spec.WorkloadRef.Name, "a step down is announced, and takes nothing that somebody else has added", $"{what}");
        Promise.Keep(ours + to >= rollout.Spec.Replicas, "pods of the Deployment go only for pods of the Rollout that are available", $"{what}");
        Promise.Keep(rollout.Metadata.Finalizers?.Contains(Finalizers.Rollout) == true, "what is taken is signed for", $"{what}");
        Promise.Keep(rollout.Spec.WorkloadRef.ScaleDown != WorkloadScaleDown.OnSuccess || (to == 0 && status.Stable is not null), "with OnSuccess it goes to 0 at the end", $"{what}");
    }

    private static void CheckUp(Rollout rollout, int from, int to)
    {
        var isFailed = rollout.Status is { Stable: null, LastRelease.Held: true };
        Promise.Keep(to == rollout.Spec.Replicas && (isFailed || rollout.Metadata.DeletionTimestamp is not null), "a Deployment gets its pods back when the Rollout goes, or did not make it", $"from {from} to {to}");
    }

    private void CheckFarewell(Write write, Rollout gone)
    {
        if (gone.Status?.Workload is not { } taken || taken.Name != gone.Spec.WorkloadRef?.Name) return;
        if (world.Cluster.Get<V1Deployment>(gone.Metadata.Namespace!, taken.Name) is not { Metadata.DeletionTimestamp: null } deployment) return;

        // Pods that do not come are not waited for beyond their deadline, nor writes that fail beyond ten minutes.
        if (write.Clock >= gone.Metadata.DeletionTimestamp + TimeSpan.FromSeconds(Math.Min(gone.Spec.ProgressDeadlineSeconds, 600))) return;

        Promise.Keep(deployment.Status?.AvailableReplicas >= gone.Spec.Replicas || gone.Spec.Replicas == 0, "a Rollout goes once the Deployment serves in its place", $"{deployment.Status?.AvailableReplicas} of {gone.Spec.Replicas}");
    }

    private int AvailableOf(Rollout rollout) => world.Cluster.List<V1ReplicaSet>(rollout.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!))
        .Where(set => set.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid)
        .Sum(set => Math.Min(set.Status?.AvailableReplicas ?? 0, set.Spec?.Replicas ?? 0));

    private static JsonObject Owned(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        copy["spec"]!.AsObject().Remove("replicas");
        foreach (var key in new[] { "resourceVersion", "generation", "managedFields" }) copy["metadata"]!.AsObject().Remove(key);
        return copy;
    }
}
