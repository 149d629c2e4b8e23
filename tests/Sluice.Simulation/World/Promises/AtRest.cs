using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>What must be so when all is done and everybody has gone home: no lock is held, no Job is kept, for nothing any more.</summary>
internal static class AtRest
{
    public static void Check(ReleaseWorld world)
    {
        foreach (var rollout in world.Cluster.List<Rollout>(ReleaseWorld.Namespace).Where(rollout => rollout.Status?.Release is null))
        {
            CheckCounts(world, rollout);
            CheckTraffic(world, rollout);
            CheckWorkload(world, rollout);
        }

        CheckOrphans(world);

        var migrations = world.Migrations.ToDictionary(migration => migration.Metadata.Name!);
        foreach (var lease in world.Cluster.List<V1Lease>(ReleaseWorld.Namespace))
        {
            var holder = lease.Spec?.HolderIdentity ?? "";
            if (!migrations.TryGetValue(holder, out var migration)) continue;
            var isBusy = world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, (Labels.Migration, holder)).Any(pod => pod.Status?.Phase is not ("Succeeded" or "Failed"));
            Promise.Keep(isBusy || !MigrationEngine.IsTerminal(migration.Status?.State), "a lock is free on every terminal path", $"{lease.Metadata.Name} is held by {holder}, which is {migration.Status?.State}");
        }

        foreach (var job in world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Where(job => job.Metadata.Finalizers?.Contains(Finalizers.CheckResult) == true))
        {
            var checks = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, job.Metadata.Label(Labels.Checks) ?? "")?.Status?.Release?.Checks ?? [];
            Promise.Keep(checks.Any(check => check.Job == job.Metadata.Name && check.State is CheckState.Pending or CheckState.Running), "a check's Job is let go once its result is recorded", $"{job.Metadata.Name} is held");
        }

        foreach (var job in world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Where(job => job.Metadata.Finalizers?.Contains(Finalizers.MigrationResult) == true))
        {
            var migration = migrations.GetValueOrDefault(job.Metadata.Label(Labels.Migration) ?? "");
            Promise.Keep(migration is not null && !MigrationEngine.IsTerminal(migration.Status?.State), "a Job is let go once its result is recorded", $"{job.Metadata.Name} is held, {migration?.Metadata.Name} is {migration?.Status?.State}");
        }
    }

    /// <summary>Both sides lead to stable, and no weight is left, unless the status says that something of it is missing.</summary>
    private static void CheckTraffic(ReleaseWorld world, Rollout rollout)
    {
        var (blueGreen, traffic) = (rollout.Spec.Strategy.BlueGreen, rollout.Spec.Strategy.Canary?.Traffic);
        var isStalled = rollout.Status!.Conditions.Any(condition => condition.Type == ConditionTypes.Stalled && condition.Reason is Reasons.InvalidSpec or Reasons.InvalidRoute);
        if ((blueGreen is null && traffic is null) || isStalled || rollout.Status.Stable is not { Available: > 0 } stable) return;

        Promise.Keep(
            world.Traffic.Stable == stable.Revision && world.Traffic.Canary == stable.Revision,
            "at rest both sides lead to stable",
            $"to {world.Traffic.Stable} and to {world.Traffic.Canary}, stable is {stable.Revision}");
        Promise.Keep(traffic is null || world.Traffic.Weight is null or 0, "at rest no weight is left", $"{world.Traffic.Weight}%");
    }

    /// <summary>A Deployment that is taken over has no pods, and gets them back should the Rollout go; one whose takeover failed serves itself.</summary>
    private static void CheckWorkload(ReleaseWorld world, Rollout rollout)
    {
        if (world.Cluster.Get<V1Deployment>(rollout.Metadata.Namespace!, rollout.Spec.WorkloadRef?.Name ?? "") is not { } deployment) return;

        var (wanted, pods, status) = (deployment.Spec?.Replicas ?? 1, deployment.Status?.Replicas ?? 0, rollout.Status!);
        Promise.Keep(status.Phase != Phase.Healthy || (wanted, pods) == (0, 0), "a Rollout is Healthy once its Deployment has no pods any more", $"{deployment.Metadata.Name} has {pods} of {wanted}");
        Promise.Keep(
            wanted > 0 || status.Stable is null || TrafficInvariants.IsHeld(rollout),
            "a Rollout that serves in a Deployment's place is held",
            $"{deployment.Metadata.Name} has {wanted} replicas, the status says {status.Workload}");
    }

    /// <summary>Every pod belongs to somebody who is there, the Rollout or the Deployment; but for those whose label a person took away.</summary>
    private static void CheckOrphans(ReleaseWorld world)
    {
        var sets = world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).ToDictionary(set => set.Metadata.Uid!);
        HashSet<string> owners =
        [
            .. world.Cluster.List<Rollout>(ReleaseWorld.Namespace).Select(rollout => rollout.Metadata.Uid!),
            .. world.Cluster.List<V1Deployment>(ReleaseWorld.Namespace).Select(deployment => deployment.Metadata.Uid!),
        ];
        foreach (var pod in world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Where(pod => pod.Metadata.ControllerOwner()?.Kind == "ReplicaSet"))
        {
            var set = sets.GetValueOrDefault(pod.Metadata.ControllerOwner()!.Uid);
            Promise.Keep(owners.Contains(set?.Metadata.ControllerOwner()?.Uid ?? ""), "every pod belongs to a Rollout or a Deployment that is there", $"{pod.Metadata.Name} of {set?.Metadata.Name}");
        }
    }

    /// <summary>The last counts of pods have reached the status.</summary>
    private static void CheckCounts(ReleaseWorld world, Rollout rollout)
    {
        var sets = world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).Where(set => set.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid).ToList();
        var (pods, ready, available) = (sets.Sum(set => set.Status?.Replicas ?? 0), sets.Sum(set => set.Status?.ReadyReplicas ?? 0), sets.Sum(set => set.Status?.AvailableReplicas ?? 0));
        var status = rollout.Status ?? new RolloutStatus();
        Promise.Keep(
            (status.Replicas, status.ReadyReplicas, status.AvailableReplicas) == (pods, ready, available),
            "a status counts the pods that there are",
            $"{rollout.Metadata.Name}: {status.Replicas}, {status.ReadyReplicas} ready, {status.AvailableReplicas} available in the status; there are {pods}, {ready}, {available}");
    }
}
