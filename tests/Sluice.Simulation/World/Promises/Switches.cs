using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Blue-green: the active Service selects a revision whose pods are there, the new one from its promotion on and never over a FAIL or a pause; the pods behind it are
/// not taken away, and those that no Service leads to any more stay for the scale-down delay.
/// </summary>
internal sealed class Switches(ReleaseWorld world) : IPromise
{
    /// <summary>Times in a status have whole seconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private readonly Records records = new(world);
    private readonly Dictionary<(string Namespace, string Revision), DateTimeOffset> left = [];
    private bool hadWrongClocks;

    public void Check(Write write)
    {
        hadWrongClocks |= write.IsTheOperators && write.At != write.Clock;
        if (write.Resource == "services") CheckService(write);
        if (write.Resource == "rollouts" && write.After is not Rollout { Status: not null }) ForgetDelaysOf(write);
        if (!write.IsTheOperators || write.Resource != "replicasets" || write.After is not V1ReplicaSet after || write.Before is not V1ReplicaSet before) return;

        var (from, to) = (before.Spec?.Replicas ?? 0, after.Spec?.Replicas ?? 0);
        if (to >= from || RolloutOf(write.Namespace, after.Metadata.Label(Labels.Rollout) ?? "") is not { } rollout || records.PlanOf(rollout) is not { BlueGreen: { } blueGreen } plan) return;

        CheckPodsOfActive(write, plan, blueGreen, after, to);
        CheckDelay(write, plan, blueGreen, rollout, after);
    }

    /// <summary>With its status a Rollout loses when its delays began.</summary>
    private void ForgetDelaysOf(Write rollout)
    {
        foreach (var set in world.Cluster.List<V1ReplicaSet>(rollout.Namespace, (Labels.Rollout, rollout.Name))) left.Remove((rollout.Namespace, set.Metadata.Label(Labels.Revision) ?? ""));
    }

    private void CheckService(Write write)
    {
        var (was, now) = (SelectedBy(write.Before), SelectedBy(write.After));
        if (was == now) return;
        if (was is not null) left[(write.Namespace, was)] = write.At;
        if (!write.IsTheOperators || now is null) return;

        foreach (var rollout in world.Cluster.List<Rollout>(write.Namespace))
        {
            if (records.PlanOf(rollout) is { BlueGreen: { } blueGreen } plan && blueGreen.ActiveService == write.Name) CheckTurn(write, rollout, plan, was, now);
        }
    }

    private void CheckTurn(Write write, Rollout rollout, Plan plan, string? was, string now)
    {
        var status = rollout.Status!;
        Promise.Keep(RightFor(status).Contains(now), "the active Service leads to the stable revision until the promotion", $"to {now} in {status.Release?.Stage}");
        Promise.Keep(now == status.Stable?.Revision || TrafficInvariants.IsHeld(rollout), "no Service is turned from stable for a Rollout that could go without turning it back", $"{write.Name} turned to {now}");
        if (status.Release is { Stage: Stage.Promoting } promoting && now == promoting.Revision)
        {
            Promise.Keep(!rollout.Spec.Paused && status.PausedBy is null, "no promotion while the Rollout is paused", $"{write.Name} turned to {now}");
            Promise.Keep(promoting.Verdict != Verdict.Fail, "after a FAIL nothing is promoted", $"{write.Name} turned to {now}");
        }

        // The way from where somebody else has turned it does not wait for all of them.
        var isGiven = status.Release is null or { Stage: Stage.Promoting or Stage.Soaking or Stage.RollingBack or Stage.Finishing } && was is not null && (was == status.Release?.Revision || was == status.Release?.PreviousRevision);
        var (has, had) = (Ready(write.Namespace, now), was is null ? 0 : Ready(write.Namespace, was));
        Promise.Keep(has >= (isGiven ? Math.Min(plan.MinAvailable, had) : Math.Min(1, had)), "the active Service turns to pods that are there", $"{write.Name} turned from {had} to {has} ready pods, {plan.MinAvailable} needed");
    }

    private static IReadOnlyList<string?> RightFor(RolloutStatus status) => status.Release switch
    {
        { Stage: Stage.Promoting } promoting => [promoting.Revision, promoting.PreviousRevision],
        { Stage: Stage.Soaking or Stage.Contracting } soaking => [soaking.Revision],
        { Stage: not Stage.Finishing } other => [other.PreviousRevision],
        _ => [status.Stable?.Revision],
    };

    /// <summary>Pods that are not ready are deleted first; among the ready ones the worst is assumed.</summary>
    private void CheckPodsOfActive(Write write, Plan plan, BlueGreenStrategy blueGreen, V1ReplicaSet set, int to)
    {
        if (SelectedBy(world.Cluster.Get<V1Service>(write.Namespace, blueGreen.ActiveService)) is not { } active || active != set.Metadata.Label(Labels.Revision)) return;

        var (pods, ready) = (set.Status?.Replicas ?? 0, set.Status?.ReadyReplicas ?? 0);
        var kept = Math.Max(0, ready - Math.Max(0, Math.Max(0, pods - to) - (pods - ready)));
        Promise.Keep(kept >= Math.Min(plan.MinAvailable, ready), "the active Service keeps replicas − maxUnavailable ready pods", $"{write.Name} goes to {to} with {ready} of {pods} pods ready, {plan.MinAvailable} needed");
    }

    private void CheckDelay(Write write, Plan plan, BlueGreenStrategy blueGreen, Rollout rollout, V1ReplicaSet set)
    {
        var revision = set.Metadata.Label(Labels.Revision) ?? "";
        if (plan.Replicas == 0 || PodTarget.CalledForBy(rollout, plan)?.Of(revision) != 0) return;

        foreach (var service in new[] { blueGreen.ActiveService, blueGreen.PreviewService })
        {
            Promise.Keep(SelectedBy(world.Cluster.Get<V1Service>(write.Namespace, service)) != revision, "pods go when no Service leads to them any more", $"{write.Name} goes, {service} leads to it");
        }

        // The delay is for the way back to what was promoted; before anything was, nobody counts it.
        if (rollout.Status?.Stable is null || !left.TryGetValue((write.Namespace, revision), out var since)) return;
        Promise.Keep(hadWrongClocks || write.At >= since + Plan.Span(blueGreen.ScaleDownDelay) - Rounding, "pods stay for the scale-down delay", $"{write.Name} goes {write.At - since} after it lost its Service");
    }

    private Rollout? RolloutOf(string ns, string name) => world.Cluster.Get<Rollout>(ns, name);

    private int Ready(string ns, string revision) => world.Cluster.List<V1ReplicaSet>(ns, (Labels.Revision, revision)) is [var set, ..] ? set.Status?.ReadyReplicas ?? 0 : 0;

    private static string? SelectedBy(object? service) => (service as V1Service)?.Spec?.Selector?.GetValueOrDefault(Labels.Revision);
}
