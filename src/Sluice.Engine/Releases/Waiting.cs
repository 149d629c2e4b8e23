using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>Ends a pass in which nothing advances: effects, a refreshed status, and when to look again.</summary>
internal static class Waiting
{
    /// <summary>How often pods are looked at live while the view that the operator has of them was found behind.</summary>
    private static readonly TimeSpan LiveLook = TimeSpan.FromSeconds(15);

    /// <summary>Waits for the pods of a target, within the progress deadline; every further one that is available puts it off.</summary>
    public static Decision ForPods(Pass pass, ReleasePlan plan, ReleaseProgress release, AnalysisLook analysis, WorkloadPass workload, string message)
    {
        if (pass.IsHeld) return Held(pass, release, analysis, workload.Effects);

        var told = pass.Traffic.Problem ?? $"{message}{OfEither(pass, release, CanaryHealth.Complaint)}";
        var outlook = pass.Traffic.Problem is null ? new Outlook(Phase.Progressing, Reasons.Progressing, told) : new Outlook(Phase.Degraded, Reasons.InvalidRoute, told);
        var isOver = pass.Now >= Transitions.PodDeadlineOf(release);
        if (workload.Arrived > release.ProgressMark)
        {
            release = Transitions.WithPodDeadline(release with { ProgressMark = workload.Arrived, Reason = null, Message = null }, pass.Now + plan.ProgressDeadline);

            // Written before anything else is done: where that is refused each time, no deadline would ever be over.
            if (isOver) return new Decision.Transition(StatusView.Refresh(pass, pass.Status with { Release = release }, outlook), []);
        }

        var hasToDo = workload.Effects.Count > 0 || pass.Traffic.Effects.Count > 0;
        if (isOver)
        {
            // Until now it was only a matter of time.
            if (told == message) told += OfEither(pass, release, CanaryHealth.Unready);
            return hasToDo && release.Reason is not (Reasons.CatchingUp or Reasons.ProgressDeadlineExceeded)
                ? CatchUp(pass, plan, release, told)
                : DeadlineExceeded(pass, plan, release, analysis, workload, told);
        }

        return CatchingUp(pass, release, hasToDo) is { } caught
            ? Act(pass, caught, analysis, workload.Effects, outlook, Sooner(pass.Now + LiveLook, Transitions.PodDeadlineOf(caught)), isProgress: false) with { LooksLive = true }
            : Act(pass, release, analysis, workload.Effects, outlook, Transitions.PodDeadlineOf(release), isProgress: false);
    }

    /// <summary>What is said of the canary's pods, or else of stable's; empty when nothing is.</summary>
    private static string OfEither(Pass pass, ReleaseProgress release, Func<ObservedReplicaSet?, string> about) =>
        about(pass.Snapshot.ReplicaSetOf(release.Revision)) is { Length: > 0 } ofCanary ? ofCanary : about(pass.Snapshot.ReplicaSetOf(release.PreviousRevision));

    /// <summary>Waits for a route or Service that is missing or cannot be used. Where pods are waited for too, their deadline goes on.</summary>
    public static Decision ForRoute(Pass pass, ReleasePlan plan, ReleaseProgress release, AnalysisLook analysis, WorkloadPass workload, string problem)
    {
        if (release.Step is null or { Kind: StepKind.SetWeight }) return ForPods(pass, plan, release, analysis, workload, problem);

        var outlook = new Outlook(Phase.Degraded, Reasons.InvalidRoute, $"{Where(release)}: {problem}");
        return pass.IsHeld ? Held(pass, release, analysis, workload.Effects) : Act(pass, release, analysis, workload.Effects, outlook, until: null, isProgress: false);
    }

    /// <summary>Nothing advances while the Rollout is paused, or while the spec is invalid.</summary>
    public static Decision.Act Held(Pass pass, ReleaseProgress release, AnalysisLook analysis, IReadOnlyList<Effect> effects)
    {
        var invalid = pass.Errors.Count > 0 ? Stages.Idle.Describe(pass.Errors) : null;
        var message = invalid is null
            ? $"{WhyPaused(pass)}: release {release.Number} waits in {Where(release)}"
            : $"release {release.Number} waits in {Where(release)}";
        var outlook = new Outlook(Phase.Paused, Reasons.Paused, message, invalid);

        // What a person has been asked stays asked: the answer may come together with the end of the pause.
        var held = release.Reason == Reasons.AnalysisInconclusive ? release : release with { Reason = Reasons.Paused, Message = message };
        return Act(pass, held, analysis, effects, outlook, until: null, isProgress: false);
    }

    /// <summary>The end of a pass.</summary>
    /// <param name="pass">The present look.</param>
    /// <param name="release">The release, with what shall be stored of it.</param>
    /// <param name="analysis">What the metrics say; their wishes join the effects.</param>
    /// <param name="effects">What to do.</param>
    /// <param name="outlook">What the status says.</param>
    /// <param name="until">When this situation ends by itself; null for never.</param>
    /// <param name="isProgress">The message is about figures of an analysis: it is written as often as they are.</param>
    public static Decision.Act Act(
        Pass pass, ReleaseProgress release, AnalysisLook analysis, IReadOnlyList<Effect> effects, Outlook outlook, DateTimeOffset? until, bool isProgress)
    {
        var spoken = isProgress && !analysis.IsDue && SaysTheSame(pass, outlook) ? outlook with { Message = pass.Status.Message ?? outlook.Message } : outlook;
        var next = release with { Analysis = analysis.Fresh.Count == 0 ? release.Analysis : analysis.ToStore };
        var status = StatusView.Refresh(pass, pass.Status with { Release = next }, spoken);
        var wait = until - pass.Now;
        var again = wait is null || analysis.NextLook < wait ? analysis.NextLook ?? wait : wait;
        return new Decision.Act([.. effects, .. analysis.Wishes], status, again is { } delay && delay < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : again);
    }

    private static bool SaysTheSame(Pass pass, Outlook outlook) =>
        pass.Status.Phase == outlook.Phase
        && pass.Status.Conditions.Any(condition => condition.Type == ConditionTypes.Reconciling && condition.Reason == outlook.Reason)
        && pass.Status.Message?.Split(':')[0] == outlook.Message.Split(':')[0];

    private static Decision DeadlineExceeded(Pass pass, ReleasePlan plan, ReleaseProgress release, AnalysisLook analysis, WorkloadPass workload, string message)
    {
        var late = $"no progress within {plan.ProgressDeadline.TotalSeconds:0} s: {message}";
        if (plan.OnProgressDeadline == ProgressDeadlinePolicy.RollBack)
        {
            return ForMissingPods(Transitions.GiveUp(pass, plan, release, Outcome.RolledBack, Reasons.ProgressDeadlineExceeded, late));
        }

        var outlook = new Outlook(Phase.Paused, Reasons.ProgressDeadlineExceeded, $"{late}; a Continue waits as long again, an Abort takes the release back");
        if (release.Reason == Reasons.ProgressDeadlineExceeded) return Act(pass, release, analysis, workload.Effects, outlook, until: null, isProgress: false);

        var waiting = Transitions.WithEntry(pass, release with { Reason = Reasons.ProgressDeadlineExceeded, Message = StatusText.Shorten(late) }, Where(release), "Paused", Reasons.ProgressDeadlineExceeded, late);
        return ForMissingPods(Transitions.Say(pass, pass.Status with { Release = waiting }, outlook, isWarning: true, Reasons.ProgressDeadlineExceeded, "Wait", late));
    }

    /// <summary>
    /// The operator was down, or its view old: pods cannot have come that it had not asked for, nor gone that it had not taken away. They get the deadline once more; only
    /// once, for what is asked for may be refused each time.
    /// </summary>
    public static Decision.Transition CatchUp(Pass pass, ReleasePlan plan, ReleaseProgress release, string message)
    {
        var told = $"at the deadline there was still something to do for the operator itself: {message}";
        var renewed = Transitions.WithPodDeadline(release with { Reason = Reasons.CatchingUp, Message = StatusText.Shorten(told) }, pass.Now + plan.ProgressDeadline);
        return ForMissingPods(Transitions.Say(
            pass, pass.Status with { Release = renewed }, new Outlook(Phase.Progressing, Reasons.CatchingUp, told), isWarning: true, Reasons.CatchingUp, "Wait", told));
    }

    /// <summary>
    /// The release while the operator catches up, which goes by live looks alone; null when it does not. Once there is nothing left to do for it, that is over: should its
    /// view be behind again at the next deadline, it catches up again.
    /// </summary>
    private static ReleaseProgress? CatchingUp(Pass pass, ReleaseProgress release, bool hasToDo)
    {
        if (pass.Status.Release?.Reason != Reasons.CatchingUp) return null;

        return hasToDo || pass.Traffic.IsMoving || release.Reason != Reasons.CatchingUp ? release : release with { Reason = null, Message = null };
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static Decision.Transition ForMissingPods(Decision.Transition transition) => transition with { RestsOnMissingPods = true };

    /// <summary>By whom the Rollout is paused, and why.</summary>
    public static string WhyPaused(Pass pass) => pass.Status.PausedBy is { } pause
        ? $"paused by {pause.By}: {pause.Reason}{(pass.Rollout.Spec.Paused ? "; spec.paused is set too" : "")}"
        : "spec.paused is set";

    public static string Where(ReleaseProgress release) => release.Step is { } step ? $"step {step.Index + 1} of {step.Of}" : $"{release.Stage}";
}
