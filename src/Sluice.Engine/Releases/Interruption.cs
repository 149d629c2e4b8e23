using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>What ends or redirects a release whatever it is doing.</summary>
internal static class Interruption
{
    /// <summary>The transition that must come before anything else; null when nothing interrupts.</summary>
    public static Decision.Transition? Of(Pass pass, ReleasePlan plan, ReleaseProgress release, AnalysisLook analysis)
    {
        if (analysis.Failed is { } failed)
        {
            var judged = release with { Analysis = analysis.Fresh, Verdict = Verdict.Fail };
            return Transitions.GiveUp(pass, plan, judged, Outcome.RolledBack, Reasons.MetricFailed, failed.Message ?? $"metric {failed.Name} failed");
        }

        if (IsOvertaken(pass, release) is { } outcome) return Transitions.GiveUp(pass, plan, release, outcome, outcome.ToString(), Overtaken(pass, outcome));

        if (CanaryHealth.CertainFailure(pass.Snapshot.ReplicaSetOf(release.Revision), pass.Record?.Metadata.CreationTimestamp) is { } failure && release.Stage != Stage.Soaking)
        {
            return Transitions.GiveUp(pass, plan, release, Outcome.RolledBack, failure.Reason, failure.Message) with { RestsOnMissingPods = true };
        }

        if (release.Reason == Reasons.Paused && !pass.IsHeld) return Resumed(pass, plan, release);
        return analysis.VerdictChanged ? Judged(pass, release, analysis) : null;
    }

    /// <summary>How the release ends if the spec asks for another revision now; null while it asks for this one.</summary>
    public static Outcome? IsOvertaken(Pass pass, ReleaseProgress release)
    {
        if (pass.DesiredRevision == release.Revision) return null;

        return pass.DesiredRevision == release.PreviousRevision ? Outcome.Reverted : Outcome.Superseded;
    }

    public static string Overtaken(Pass pass, Outcome outcome) => (pass.Hold, outcome) switch
    {
        ({ } hold, _) => $"{hold.Decision.By} went back to {hold.Release}, revision {hold.Revision}: {hold.Decision.Reason}",
        (_, Outcome.Reverted) => $"the spec went back to stable's revision {pass.DesiredRevision}",
        _ => $"the spec asks for revision {pass.DesiredRevision}",
    };

    /// <summary>Time spent paused does not count against the pods, nor against Jobs that could not start: their deadline begins anew.</summary>
    private static Decision.Transition Resumed(Pass pass, ReleasePlan plan, ReleaseProgress release)
    {
        var resumed = Transitions.WithPodDeadline(release with { Reason = null, Message = null }, pass.Now + plan.ProgressDeadline);
        if (resumed.Step is { } step && plan.Steps.ElementAtOrDefault(step.Index) is PlanStep.Checks checks) resumed = resumed with { Step = step with { Deadline = pass.Now + checks.Timeout } };
        const string Message = "resumed";
        return Transitions.Say(
            pass, pass.Status with { Release = resumed }, new Outlook(Phase.Progressing, Reasons.Progressing, Message), isWarning: false, "Resumed", "Resume", $"release {release.Number} goes on");
    }

    /// <summary>A verdict, or a check's end, changes nothing of what is waited for: a status that asks for something to be put right goes on doing so.</summary>
    public static Outlook Unchanged(Pass pass, string message, string reason) =>
        pass.Status.Phase == Phase.Degraded && pass.Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.Stalled)?.Reason is { } stalled
            ? new Outlook(Phase.Degraded, stalled, pass.Status.Message ?? message)
            : new Outlook(pass.Status.Phase ?? Phase.Progressing, reason, message);

    private static Decision.Transition Judged(Pass pass, ReleaseProgress release, AnalysisLook analysis)
    {
        if (analysis.Verdict != Verdict.Pass)
        {
            // A new analysis step asks for evidence of its own: that there is none yet is no news.
            var undecided = release with { Analysis = analysis.Fresh, Verdict = analysis.Verdict };
            return new Decision.Transition(
                StatusView.Refresh(pass, pass.Status with { Release = undecided }, Unchanged(pass, pass.Status.Message ?? "", Reasons.Analyzing)), []);
        }

        var message = string.Join("; ", analysis.Fresh.Where(metric => metric.Verdict != (release.Analysis.FirstOrDefault(old => old.Name == metric.Name)?.Verdict ?? Verdict.Inconclusive)).Select(metric => metric.Message));
        var before = (release.Verdict ?? Verdict.Inconclusive).ToString();
        var judged = Transitions.WithEntry(pass, release with { Analysis = analysis.Fresh, Verdict = analysis.Verdict }, before, nameof(Verdict.Pass), "MetricsPassed", message);
        return Transitions.Say(
            pass,
            pass.Status with { Release = judged },
            Unchanged(pass, message, Reasons.Analyzing),
            isWarning: false,
            "MetricsPassed",
            "Analyze",
            message);
    }
}
