using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Stepping: one step at a time; what a step asks for must be observed before the next begins.</summary>
internal static class SteppingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release, StepStatus step)
    {
        var plan = pass.PlanInForce;
        var analysis = AnalysisLook.At(pass, plan, release);
        if (Interruption.Of(pass, plan, release, analysis) is { } interruption) return interruption;
        if (ContractGate.Wait(pass, plan, release) is { } wait) return wait;
        if (step.Index >= plan.Steps.Count && !pass.IsHeld) return StageViews.Moved(pass, Transitions.EnterStep(pass, plan, release, step.Index, Reasons.Progressing, "no step is left"));

        var split = pass.Split(plan, pass.Status.Canary?.Weight ?? 0);
        var target = ReplicaTarget.Of(split) with { Canary = pass.Traffic.CanaryPods(release.Revision, split.Canary) };
        var workload = Workload.Towards(pass, plan, release.Revision, release.PreviousRevision, target);
        var context = new StepContext(pass, plan, release, step, analysis, workload, split);
        var planned = plan.Steps.ElementAtOrDefault(step.Index);
        if (planned is PlanStep.Checks checks && CheckingStep.News(context, checks) is { } news) return news;
        if (pass.Traffic.Problem is { } problem) return Waiting.ForRoute(pass, plan, release, analysis, workload, problem);

        return planned switch
        {
            // The plan is gone with its Release, and the spec cannot be read either.
            null => Waiting.Held(pass, release, analysis, []),
            PlanStep.SetWeight => SetWeight(context),
            PlanStep.Pause => Pause(context),
            PlanStep.Analysis wanted => Analyse(context, wanted),
            PlanStep.Checks wanted => CheckingStep.Wait(context, wanted),
            PlanStep.Gate => Gate(context),
            _ => throw new UnreachableException(),
        };
    }

    private static Decision SetWeight(StepContext context)
    {
        var (pass, split) = (context.Pass, context.Split);
        if (context.IsThere && !pass.IsHeld) return context.Next($"{split.Canary} canary and {split.Stable} stable pods are available");

        var available = pass.Snapshot.ReplicaSetOf(context.Release.Revision)?.Available ?? 0;
        var stable = pass.Snapshot.ReplicaSetOf(context.Release.PreviousRevision)?.Available ?? 0;
        return Waiting.ForPods(
            pass,
            context.Plan,
            context.Release,
            context.Analysis,
            context.Workload,
            $"{context.Where}: weight {pass.Status.Canary?.Weight}%: {available} of {split.Canary} canary and {stable} of {split.Stable} stable pods are available");
    }

    private static Decision Pause(StepContext context)
    {
        var (pass, release) = (context.Pass, context.Release);
        if (!pass.IsHeld && context.Step.Deadline is { } end && pass.Now >= end) return context.Next("the pause is over");
        if (pass.IsHeld) return Waiting.Held(pass, release, context.Analysis, context.Workload.Effects);

        var outlook = new Outlook(Phase.Paused, Reasons.StepPaused, StageViews.Pausing(context.Step, context.Exposure));
        return Waiting.Act(pass, release, context.Analysis, context.Workload.Effects, outlook, context.Step.Deadline, isProgress: false);
    }

    /// <summary>Only a Decision leads on from here, or back.</summary>
    private static Decision.Act Gate(StepContext context)
    {
        var (pass, release) = (context.Pass, context.Release);
        if (pass.IsHeld) return Waiting.Held(pass, release, context.Analysis, context.Workload.Effects);

        var outlook = new Outlook(Phase.Paused, Reasons.GateWaiting, StageViews.AtGate(context.Step, release.Revision, context.Exposure));
        return Waiting.Act(pass, release, context.Analysis, context.Workload.Effects, outlook, until: null, isProgress: false);
    }

    private static Decision Analyse(StepContext context, PlanStep.Analysis wanted)
    {
        var (pass, release) = (context.Pass, context.Release);
        var started = context.Step.StartedAt ?? pass.Now;
        var open = context.Analysis.Fresh.Where(metric => wanted.Metrics.Contains(metric.Name) && metric.Verdict != Verdict.Pass).ToList();
        if (open.Count == 0 && context.Analysis.Fresh.Count > 0 && pass.Now >= started + wanted.MinDuration && !pass.IsHeld)
        {
            return context.Next(string.Join("; ", context.Analysis.Fresh.Where(metric => wanted.Metrics.Contains(metric.Name)).Select(metric => metric.Message)));
        }

        if (pass.IsHeld) return Waiting.Held(pass, release, context.Analysis, context.Workload.Effects);
        if (open.Count > 0 && pass.Now >= started + wanted.MaxDuration) return Inconclusive(context, wanted, open);

        var figures = open.Count > 0 ? string.Join("; ", open.Select(metric => metric.Message)) : $"every metric passes; the step takes at least {wanted.MinDuration.TotalSeconds:0} s";
        var outlook = new Outlook(Phase.Progressing, Reasons.Analyzing, $"{context.Where}: analysing {context.Exposure}: {figures}");
        var until = open.Count == 0 ? started + wanted.MinDuration : started + wanted.MaxDuration;
        return Waiting.Act(pass, release, context.Analysis, context.Workload.Effects, outlook, until, isProgress: true);
    }

    /// <summary>At maxDuration the strictest policy of the metrics without a verdict decides; going on is never silent.</summary>
    private static Decision Inconclusive(StepContext context, PlanStep.Analysis wanted, List<MetricStatus> open)
    {
        var (pass, release) = (context.Pass, context.Release);
        var policies = context.Plan.Analysis!.Metrics.Where(metric => open.Exists(status => status.Name == metric.Name)).Select(metric => metric.OnInconclusive).ToList();
        var message = $"no verdict within {wanted.MaxDuration.TotalSeconds:0} s: {string.Join("; ", open.Select(metric => metric.Message))}";
        var judged = release with { Analysis = context.Analysis.Fresh };
        if (policies.Contains(InconclusivePolicy.RollBack))
        {
            return Transitions.GiveUp(pass, context.Plan, judged, Outcome.RolledBack, Reasons.AnalysisInconclusive, message);
        }

        if (!policies.Contains(InconclusivePolicy.Pause)) return context.Next($"not proven, promoted by onInconclusive: {message}");

        var outlook = new Outlook(Phase.Paused, Reasons.AnalysisInconclusive, $"{context.Where}: {message}; a Continue goes on without a verdict, an Abort takes the release back");
        if (release.Reason == Reasons.AnalysisInconclusive) return Waiting.Act(pass, release, context.Analysis, context.Workload.Effects, outlook, until: null, isProgress: true);

        var waiting = Transitions.WithEntry(pass, judged with { Reason = Reasons.AnalysisInconclusive, Message = StatusText.Shorten(message) }, context.Where, "Paused", Reasons.AnalysisInconclusive, message);
        return Transitions.Say(pass, pass.Status with { Release = waiting }, outlook, isWarning: true, Reasons.AnalysisInconclusive, "Analyze", message);
    }
}
