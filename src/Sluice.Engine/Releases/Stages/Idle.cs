using Sluice.Api;
using Sluice.Engine.Finalization;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>What is done while no release is in flight.</summary>
internal static class Idle
{
    /// <summary>What must be put in order before the Rollout goes is done beside this; its pods stay as they are, and go with it.</summary>
    public static Decision.Act Deleting(Pass pass)
    {
        var status = Holding.IsHeld(pass.Rollout) && pass.Adoption.HandBack() is (_, var message)
            ? StatusView.Refresh(pass, pass.Status, new Outlook(Phase.Progressing, Reasons.HandingBack, message))
            : pass.Status;
        return new Decision.Act([], status, Holding.NextLook(pass));
    }

    /// <summary>The spec cannot be acted on: it is said, and the pods stay as they are.</summary>
    public static Decision Invalid(Pass pass)
    {
        var because = pass.Errors.Count > 0
            ? Describe(pass.Errors)
            : pass.Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.Stalled)?.Message ?? "the API server refused the pod template";
        var outlook = new Outlook(Phase.Degraded, Reasons.InvalidSpec, because);
        var status = StatusView.Refresh(pass, pass.Status with { RefusedGeneration = pass.Errors.Count > 0 ? null : pass.Status.RefusedGeneration }, outlook);
        var before = pass.Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.Stalled);
        return before?.Reason == Reasons.InvalidSpec && before.Message == because
            ? new Decision.Act([], status, LookAgain: null)
            : new Decision.Transition(status, [new Announcement(IsWarning: true, Reasons.InvalidSpec, "Validate", because)]);
    }

    /// <summary>The API server refused what would be built from the spec: a release that only just began is taken back.</summary>
    public static Decision.Transition Refused(Pass pass, IReadOnlyList<FieldError> errors)
    {
        var because = Describe(errors);
        var status = pass.Status with { Release = null, Canary = null, RefusedGeneration = pass.SpecGeneration };
        return Transitions.Say(pass, status, new Outlook(Phase.Degraded, Reasons.InvalidSpec, because), isWarning: true, Reasons.InvalidSpec, "Validate", because);
    }

    public static Decision Settled(Pass pass, StableStatus stable) => Serving(pass, stable, whole: new Outlook(Phase.Healthy, Reasons.Completed, $"revision {stable.Revision} runs on {StatusText.Pods(pass.Replicas)}{MigrationConditions.Aftermath(pass)}"));

    /// <summary>A person went back to what serves now: the spec's revision is not tried again until the spec changes or a person says so.</summary>
    public static Decision HeldByRollBack(Pass pass, StableStatus stable, RollBackHold hold)
    {
        var message = $"revision {hold.HeldRevision} is held: {hold.Decision.By} went back to {hold.Release}, revision {hold.Revision}: {hold.Decision.Reason}";
        return Serving(pass, stable, new Outlook(Phase.Degraded, Reasons.HeldByRollBack, message));
    }

    private static Decision Serving(Pass pass, StableStatus stable, Outlook whole)
    {
        if (pass.Status.LastRelease is { Held: true } last) return LetGoOf(pass, last);

        if (Restart.Decide(pass, stable) is { } restart) return restart;

        var plan = pass.SpecPlan!;
        var workload = Workload.Towards(pass, plan, canary: null, stable.Revision, new ReplicaTarget(0, pass.Replicas));
        var set = pass.Snapshot.ReplicaSetOf(stable.Revision);
        var outlook = set?.IsWholeAt(pass.Replicas) == true || (set is null && pass.Replicas == 0)
            ? whole
            : new Outlook(Phase.Progressing, Reasons.Scaling, $"{set?.Available ?? 0} of {pass.Replicas} pods of revision {stable.Revision} are available{CanaryHealth.Complaint(set)}");
        if (workload.Missing is { } missing)
        {
            outlook = new Outlook(Phase.Degraded, Reasons.TemplateLost, $"the ReplicaSet of revision {missing} is gone, and no Release of it is left to create it from");
        }

        else if (pass.Traffic.Problem is { } problem)
        {
            outlook = new Outlook(Phase.Degraded, Reasons.InvalidRoute, problem);
        }
        else if (!pass.Traffic.IsSettled && outlook == whole)
        {
            outlook = new Outlook(Phase.Progressing, Reasons.Progressing, $"the traffic goes over to revision {stable.Revision}");
        }
        else if (outlook.Phase == Phase.Healthy && pass.Adoption.Outlook is { } adoption)
        {
            outlook = adoption;
        }

        var status = StatusView.Refresh(pass, pass.Status with { Canary = null }, outlook);
        var deadline = outlook.Reason == Reasons.Scaling ? Shortage.Deadline(status, plan.ProgressDeadline) : null;
        if (pass.Now >= deadline)
        {
            var told = new Outlook(Phase.Degraded, Reasons.PodsUnavailable, $"for {plan.ProgressDeadline.TotalSeconds:0} s only {set?.Available ?? 0} of {pass.Replicas} pods of revision {stable.Revision} are available{Shortage.Cause(set)}");
            if (Shortage.News(pass, pass.Status with { Canary = null }, told, "Wait") is { } news) return news;
            (status, deadline) = (StatusView.Refresh(pass, pass.Status with { Canary = null }, Shortage.Quietly(pass, told)), null);
        }

        return new Decision.Act([.. workload.Effects, .. History.Tidy(pass)], status, RolloutEngine.Sooner(Restart.NextLook(pass), deadline - pass.Now));
    }

    /// <summary>The spec's revision did not make it: stable serves, and nothing is tried again until the spec changes.</summary>
    public static Decision HeldBack(Pass pass, LastRelease last)
    {
        var message = $"revision {last.Revision} is held after release {last.Name} ended as {last.Outcome}: {last.Message}";
        return Kept(pass, new Outlook(Phase.Degraded, last.Outcome.ToString(), message));
    }

    public static Decision NewRevisionPaused(Pass pass)
    {
        if (pass.Status.LastRelease is { Held: true } last && last.Revision != pass.DesiredRevision) return LetGoOf(pass, last);

        var outlook = new Outlook(Phase.Paused, Reasons.Paused, $"{Waiting.WhyPaused(pass)}: revision {pass.DesiredRevision} waits to be released");
        var effects = Workload.OfStable(pass, pass.SpecPlan!, pass.StableRevision);
        return new Decision.Act([.. effects, .. History.Tidy(pass)], StatusView.Refresh(pass, pass.Status, outlook), LookAgain: null);
    }

    /// <summary>What this revision needs of the schema is gone: the pods stay as they are until the spec asks for another one, or a person overrides it.</summary>
    public static Decision BelowSchemaFloor(Pass pass)
    {
        if (pass.Status.LastRelease is { Held: true } last && last.Revision != pass.DesiredRevision) return LetGoOf(pass, last);

        var message = $"revision {pass.DesiredRevision} is below the schema floor: the contract of release {SchemaFloor.Of(pass)} has removed what it needs; "
            + $"ask for another revision, or make an Override of floor/{pass.DesiredRevision}";
        return Kept(pass, new Outlook(Phase.Degraded, Reasons.BelowSchemaFloor, message));
    }

    public static Decision.Act HandingBack(Pass pass)
    {
        var outlook = new Outlook(Phase.Progressing, Reasons.Progressing, "Services that the spec names no longer are given back");
        return new Decision.Act([.. Workload.OfStable(pass, pass.SpecPlan!, pass.StableRevision)], StatusView.Refresh(pass, pass.Status, outlook), LookAgain: null);
    }

    /// <summary>Beside pods of another origin no release begins: nobody could say what the new ones do to the traffic.</summary>
    public static Decision.Act WorkloadServing(Pass pass)
    {
        var message = $"revision {pass.DesiredRevision} waits to be released: {pass.Adoption.StillServing}";
        var outlook = new Outlook(pass.Adoption.Outlook?.Phase ?? Phase.Paused, Reasons.WorkloadStillServing, message);
        var effects = Workload.OfStable(pass, pass.SpecPlan!, pass.StableRevision);
        return new Decision.Act([.. effects, .. History.Tidy(pass)], StatusView.Refresh(pass, pass.Status, outlook), LookAgain: null);
    }

    /// <summary>Before a release begins, what is to steer its traffic must be there.</summary>
    public static Decision Unroutable(Pass pass, string problem) =>
        Kept(pass, new Outlook(Phase.Degraded, Reasons.InvalidRoute, $"revision {pass.DesiredRevision} waits to be released: {problem}"));

    /// <summary>The spec's revision is not released now: stable serves on, is scaled, and its pods are replaced when that is asked for.</summary>
    private static Decision Kept(Pass pass, Outlook outlook)
    {
        if (pass.Status.Stable is { } stable && Restart.Decide(pass, stable) is { } restart) return restart;

        var effects = Workload.OfStable(pass, pass.SpecPlan!, pass.StableRevision);
        return new Decision.Act([.. effects, .. History.Tidy(pass)], StatusView.Refresh(pass, pass.Status, outlook), pass.StableRevision is null ? null : Restart.NextLook(pass));
    }

    /// <summary>The spec has named another revision since: should it come back to this one, it is released again.</summary>
    private static Decision.Transition LetGoOf(Pass pass, LastRelease last)
    {
        var message = $"revision {pass.DesiredRevision} is asked for: {last.Revision} is no longer held";
        var status = pass.Status with { LastRelease = last with { Held = false } };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.Progressing, message), isWarning: false, "Released", "Release", message);
    }

    public static string Describe(IReadOnlyList<FieldError> errors) => StatusText.Shorten(string.Join("; ", errors.Take(5)) + (errors.Count > 5 ? $"; and {errors.Count - 5} more" : ""));
}
