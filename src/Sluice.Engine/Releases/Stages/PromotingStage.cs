using Sluice.Api;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// Promoting: the canary takes over all replicas, never below replicas − maxUnavailable. No pod of it is restarted. With a router it takes over all of the traffic too,
/// while stable keeps its pods: what becomes of them, and of the Services, follows from the new stable revision. With blue-green the active Service turns to it here,
/// once all of its pods are available.
/// </summary>
internal static class PromotingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var plan = pass.PlanInForce;
        var analysis = AnalysisLook.At(pass, plan, release);
        if (Interruption.Of(pass, plan, release, analysis) is { } interruption) return interruption;

        if (ContractGate.Wait(pass, plan, release) is { } wait) return wait;

        var judged = analysis.JudgedOf(release);
        var isRouted = plan.Traffic is not null && release.PreviousRevision is not null;
        var target = new ReplicaTarget(pass.Replicas, isRouted ? pass.Replicas : 0);
        var workload = Workload.Towards(pass, plan, release.Revision, release.PreviousRevision, target);
        if (pass.IsHeld) return Waiting.Held(pass, release, analysis, isRouted ? workload.Effects : Scaled(pass, plan, release));

        var set = pass.Snapshot.ReplicaSetOf(release.Revision);
        var available = set?.Available ?? 0;
        var isDone = isRouted ? pass.Traffic.IsSettled && (set?.Desired ?? 0) == pass.Replicas && available >= pass.Replicas : workload.IsSettled;
        return isDone
            ? Promoted(pass, plan, judged)
            : Waiting.ForPods(pass, plan, release, analysis, workload, $"promoting: {available} of {pass.Replicas} pods of revision {release.Revision} are available");
    }

    /// <summary>
    /// While nothing advances the sides keep their proportion, and follow the replicas when these go beyond what surge and unavailable allow: the traffic does not wait for the pause's end.
    /// Of what was scaled to 0 meanwhile stable comes back.
    /// </summary>
    private static IReadOnlyList<Effect> Scaled(Pass pass, Plans.ReleasePlan plan, ReleaseProgress release)
    {
        var (canary, stable) = (pass.Snapshot.ReplicaSetOf(release.Revision)?.Desired ?? 0, pass.Snapshot.ReplicaSetOf(release.PreviousRevision)?.Desired ?? 0);
        var bounds = pass.Bounds(plan);
        if (canary + stable >= bounds.MinAvailable && canary + stable <= bounds.MaxPods) return [];

        // A first deployment that has no pods yet has not begun.
        if (release.PreviousRevision is null) return canary == 0 ? [] : Workload.Towards(pass, plan, release.Revision, stable: null, new ReplicaTarget(pass.Replicas, 0)).Effects;

        var share = WeightedSplit.PercentOf(canary, canary + stable);
        var split = pass.Split(plan, canary > 0 && stable > 0 ? Math.Clamp(share, 1, 99) : share);
        return Workload.Towards(pass, plan, release.Revision, release.PreviousRevision, ReplicaTarget.Of(split)).Effects;
    }

    private static Decision.Transition Promoted(Pass pass, Plans.ReleasePlan plan, ReleaseProgress release)
    {
        var message = $"revision {release.Revision} runs on {(pass.Replicas == 1 ? "its pod" : $"all {pass.Replicas} pods")}";
        var status = pass.Status with { Stable = Transitions.StableOf(pass, release.Revision), Canary = null };
        if (plan.Soak > TimeSpan.Zero && release.PreviousRevision is not null)
        {
            var soaking = Transitions.Enter(pass, release, Stage.Soaking, deadline: null, "Promoted", message);
            return StageViews.Moved(pass, soaking with { Stable = status.Stable, Canary = null });
        }

        var next = AfterPromotion.Next(pass, release, message);
        return next with { Status = StatusView.Refresh(pass, next.Status with { Stable = status.Stable, Canary = null }, new Outlook(Phase.Progressing, Reasons.Promoted, message)) };
    }
}
