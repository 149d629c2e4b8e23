using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Pods are moved only as the committed status calls for, within surge and unavailable: replicas − maxUnavailable pods stay available through every scale-down
/// (of those that were), replicas + maxSurge are never exceeded by a scale-up, and older revisions give way first.
/// </summary>
internal sealed class Capacity(ReleaseWorld world) : IPromise
{
    private readonly Records records = new(world);

    public void Check(Write write)
    {
        if (!write.IsTheOperators || write.Resource != "replicasets") return;
        if (write.IsDeletion || (write.After as V1ReplicaSet)?.Metadata.DeletionTimestamp is not null)
        {
            CheckDeletion((V1ReplicaSet)write.Before!);
            return;
        }

        var after = (V1ReplicaSet)write.After!;
        var (from, to) = ((write.Before as V1ReplicaSet)?.Spec?.Replicas ?? 0, after.Spec?.Replicas ?? 0);
        if (from == to)
        {
            var isTakenOver = write.Before is V1ReplicaSet { Metadata: var was } && was.ControllerOwner() is null;
            Promise.Keep(isTakenOver || FollowsSpec((V1ReplicaSet)write.Before!, after), "a ReplicaSet is only scaled, taken over, or given the spec's minReadySeconds", $"{write.Name} was written with {to} replicas as before");
            return;
        }

        var rollout = world.Cluster.Get<Rollout>(write.Namespace, after.Metadata.Label(Labels.Rollout) ?? "");
        Promise.Keep(rollout is not null, "pods belong to a Rollout", $"{write.Name}");
        var plan = records.PlanOf(rollout!);
        var sets = world.Cluster.List<V1ReplicaSet>(write.Namespace, (Labels.Rollout, rollout!.Metadata.Name!)).Where(set => set.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid).ToList();
        if (IsHeldPromotion(rollout, plan)) Promise.Keep(to > from || sets.Sum(set => set.Spec?.Replicas ?? 0) >= plan.Replicas, "a promotion that is paused is only scaled", $"{write.Name} went from {from} to {to}");
        else CheckCall(write, rollout, plan, after.Metadata.Label(Labels.Revision) ?? "", from, to);
        if (to > from) CheckSurge(write, rollout, plan, sets);
        else CheckStrength(write, rollout, plan, sets, from, to);
    }

    private static bool IsHeldPromotion(Rollout rollout, Plan plan) =>
        rollout is { Metadata.DeletionTimestamp: null, Status.Release.Stage: Stage.Promoting } && !plan.IsRouted && (rollout.Spec.Paused || rollout.Status.PausedBy is not null);

    private bool FollowsSpec(V1ReplicaSet before, V1ReplicaSet after) =>
        before.Spec?.MinReadySeconds != after.Spec?.MinReadySeconds
        && world.Cluster.Get<Rollout>(after.Metadata.Namespace!, after.Metadata.Label(Labels.Rollout) ?? "")?.Spec.MinReadySeconds == (after.Spec?.MinReadySeconds ?? 0);

    private static void CheckCall(Write write, Rollout rollout, Plan plan, string revision, int from, int to)
    {
        var target = PodTarget.CalledForBy(rollout, plan);
        Promise.Keep(target is not null, "no pods are moved without a status that calls for it", $"{write.Name} went from {from} to {to} in {rollout.Status?.Release?.Stage}, paused {rollout.Spec.Paused}");
        var wanted = target!.Of(revision);
        var most = wanted + (Restarts.IsUnderWay(rollout) ? plan.Slack.Surge : 0);
        Promise.Keep(
            from < to ? to <= most : to >= wanted,
            "a ReplicaSet is scaled towards what the status calls for, and not beyond",
            $"{write.Name} went from {from} to {to}; {rollout.Status?.Release?.Stage} at weight {rollout.Status?.Canary?.Weight} calls for {target}");
    }

    private static void CheckSurge(Write write, Rollout rollout, Plan plan, List<V1ReplicaSet> sets)
    {
        // Behind a router older revisions may wait out their scale-down delay beside the two that are in use.
        var pods = sets.Where(set => !plan.IsRouted || !IsOlder(rollout.Status!, set.Metadata.Label(Labels.Revision))).Sum(set => Math.Max(set.Spec?.Replicas ?? 0, set.Status?.Replicas ?? 0));
        Promise.Keep(pods <= plan.MaxPods, "a scale-up stays within replicas + maxSurge", $"{write.Name} makes it {pods} pods of at most {plan.MaxPods}");
    }

    private static void CheckStrength(Write write, Rollout rollout, Plan plan, List<V1ReplicaSet> sets, int from, int to)
    {
        var own = (V1ReplicaSet)write.After!;
        var (pods, ready, available) = (own.Status?.Replicas ?? 0, own.Status?.ReadyReplicas ?? 0, own.Status?.AvailableReplicas ?? 0);
        var others = sets.Where(set => set.Metadata.Name != write.Name).Sum(Kept);
        var had = others + Math.Min(available, from);

        // Pods that are not ready are deleted first; among the ready ones the worst is assumed.
        var kept = Math.Max(0, available - Math.Max(0, Math.Max(0, pods - to) - (pods - ready)));
        Promise.Keep(
            others + kept >= Math.Min(plan.MinAvailable, had),
            "ready pods stay at replicas − maxUnavailable, and stable goes only as its replacement is ready",
            $"{write.Name} was scaled from {from} to {to} with {had} pods available in all, {plan.MinAvailable} needed, {others + kept} left");
        if (plan.IsRouted || kept == available || PodTarget.CalledForBy(rollout, plan)?.IsNamed(own.Metadata.Label(Labels.Revision) ?? "") != true) return;

        var older = sets.Where(set => set.Spec?.Replicas > 0 && IsOlder(rollout.Status!, set.Metadata.Label(Labels.Revision))).Select(set => set.Metadata.Name).ToList();
        Promise.Keep(older.Count == 0, "older ReplicaSets are dropped before canary or stable", $"{write.Name} gave up available pods while {string.Join(", ", older)} still had some");
    }

    private static bool IsOlder(RolloutStatus status, string? revision) =>
        revision != status.Stable?.Revision && revision != status.Release?.Revision && revision != status.Release?.PreviousRevision;

    /// <summary>What is available and stays so for as long as nobody scales it: a ReplicaSet that was lowered may still have to delete some.</summary>
    private static int Kept(V1ReplicaSet set) => Math.Min(set.Status?.AvailableReplicas ?? 0, set.Spec?.Replicas ?? 0);

    private void CheckDeletion(V1ReplicaSet set)
    {
        var rollout = world.Cluster.Get<Rollout>(set.Metadata.Namespace!, set.Metadata.Label(Labels.Rollout) ?? "");
        var (status, revision) = (rollout?.Status, set.Metadata.Label(Labels.Revision));
        Promise.Keep(status is { Release: null } && status.Stable?.Revision != revision, "only ReplicaSets of the past are deleted", $"{set.Metadata.Name} in {status?.Release?.Stage}");
        var pods = world.Cluster.List<V1Pod>(set.Metadata.Namespace!, (Labels.Rollout, rollout!.Metadata.Name!)).Count(pod => pod.Metadata.ControllerOwner()?.Uid == set.Metadata.Uid && pod.Metadata.DeletionTimestamp is null);
        Promise.Keep(set.Spec?.Replicas == 0 && pods == 0, "a ReplicaSet is deleted once it has no pods", $"{set.Metadata.Name} had {set.Spec?.Replicas} replicas and {pods} pods");
        var left = world.Cluster.List<V1ReplicaSet>(set.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!)).Count(other => other.Metadata.Uid != set.Metadata.Uid && other.Metadata.Label(Labels.Revision) != status!.Stable?.Revision);
        Promise.Keep(left >= rollout.Spec.RevisionHistoryLimit, "revisionHistoryLimit old ReplicaSets are kept", $"{set.Metadata.Name} was deleted, {left} are left");
    }
}
