using Sluice.Api;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Starting: the canary pods of the first weight become available; with blue-green those of the preview, and its Service leads to them.</summary>
internal static class StartingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var plan = pass.PlanInForce;
        var analysis = AnalysisLook.At(pass, plan, release);
        if (Interruption.Of(pass, plan, release, analysis) is { } interruption) return interruption;

        if (ContractGate.Wait(pass, plan, release) is { } wait) return wait;
        var split = pass.Split(plan, pass.Status.Canary?.Weight ?? 0);
        var workload = Workload.Towards(pass, plan, release.Revision, release.PreviousRevision, ReplicaTarget.Of(split));
        var available = pass.Snapshot.ReplicaSetOf(release.Revision)?.Available ?? 0;
        if (!pass.IsHeld && available >= split.Canary && pass.Traffic.IsSettled)
        {
            return StageViews.Moved(pass, Transitions.EnterStep(pass, plan, analysis.JudgedOf(release), 0, Reasons.Progressing, available == 1 ? "1 canary pod is available" : $"{available} canary pods are available"));
        }

        return Waiting.ForPods(pass, plan, release, analysis, workload, $"starting the {(plan.Traffic?.Preview is null ? "canary" : "preview")}: {available} of {split.Canary} pods are available");
    }
}
