using Sluice.Api;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Soaking: the revision is stable already, and still watched; a FAIL goes back to the one before.</summary>
internal static class SoakingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        var plan = pass.PlanInForce;
        var analysis = AnalysisLook.At(pass, plan, release);
        var judged = analysis.JudgedOf(release);
        var isWayBack = pass.Hold is not null && pass.DesiredRevision == release.PreviousRevision;
        if (analysis.Failed is null && !isWayBack && Interruption.IsOvertaken(pass, release) is not null)
        {
            var why = $"the soak was cut short: {Interruption.Overtaken(pass, Outcome.Superseded)}";
            return AfterPromotion.Owe(pass, judged, DueContracts.Of(pass, release), why, why);
        }

        if (Interruption.Of(pass, plan, release, analysis) is { } interruption) return interruption;

        var began = release.StageStartedAt ?? pass.Now;
        var end = began + plan.Soak;
        release = ContractTime.Told(pass, release, DueContracts.Of(pass, release), end);
        if (pass.Now >= end) return AfterPromotion.Next(pass, judged, "the soak is over");

        var workload = Workload.Towards(pass, plan, canary: null, release.Revision, new ReplicaTarget(0, pass.Replicas));
        var contract = release.Migration?.Contract?.EligibleAt is { } eligible ? $", its contract may begin from {StatusText.Time(began, eligible)} on" : "";
        var outlook = new Outlook(Phase.Progressing, Reasons.Soaking, $"revision {release.Revision} is promoted and watched until {StatusText.Time(began, end)}{contract}");
        var set = pass.Snapshot.ReplicaSetOf(release.Revision);
        if (set?.Available >= set?.Desired) return Waiting.Act(pass, release, analysis, workload.Effects, outlook, end, isProgress: true);

        var few = outlook with { Message = $"{outlook.Message}; {set?.Available ?? 0} of {pass.Replicas} pods are available{CanaryHealth.Complaint(set)}" };
        var deadline = Shortage.Deadline(StatusView.Refresh(pass, pass.Status, few), plan.ProgressDeadline);
        if (pass.Now >= deadline)
        {
            few = new Outlook(Phase.Degraded, Reasons.PodsUnavailable, $"for {plan.ProgressDeadline.TotalSeconds:0} s only {set?.Available ?? 0} of {pass.Replicas} pods are available{Shortage.Cause(set)}; {outlook.Message}");
            if (Shortage.News(pass, pass.Status with { Release = release }, few, "Wait") is { } news) return news;
            (few, deadline) = (Shortage.Quietly(pass, few), null);
        }

        return Waiting.Act(pass, release, analysis, workload.Effects, few, deadline < end ? deadline : end, isProgress: false);
    }
}
