using Sluice.Api;
using Sluice.Engine.Finalization;
using Sluice.Engine.Observed;

namespace Sluice.Engine.Releases;

/// <summary>
/// How the Deployment that the spec names gives way. Its pods go only for pods of ours that are available, each step down is announced in the status before it is
/// taken, and a Deployment that somebody scales up again is left alone: then it says who serves, and what a person can do.
/// </summary>
internal sealed class Adoption
{
    private readonly Pass pass;
    private readonly WorkloadReference? reference;
    private readonly ObservedDeployment? seen;
    private readonly WorkloadStatus? taken;

    public Adoption(Pass pass)
    {
        this.pass = pass;
        reference = pass.Rollout.Spec.WorkloadRef;
        seen = reference is null ? null : pass.Snapshot.Deployment;
        taken = KnownTo(pass.Status);
    }

    /// <summary>Pods of the Deployment are there, or shall be: no release starts beside them.</summary>
    public bool IsServing => seen is not null && (seen.Desired > 0 || seen.Pods > 0);

    /// <summary>The pods of it that are there, in words; null when there are none.</summary>
    public string? Serving => IsServing ? $"{Math.Max(seen!.Desired, seen.Pods)} of Deployment {seen.Name}" : null;

    /// <summary>The Deployment has given way, and gets its pods back when the Rollout goes. One that is gone itself gets nothing.</summary>
    public bool OwesHandBack => taken is not null && seen is { IsTerminating: false };

    /// <summary>What is said while the spec's revision runs; null when there is nothing to say.</summary>
    public Outlook? Outlook => (reference, seen) switch
    {
        (null, _) => null,
        (_, null) => new Outlook(Phase.Degraded, Reasons.WorkloadMissing, $"there is no Deployment {reference.Name}: what was released of it last goes on running, and there is nothing to release next"),
        _ when !IsServing => null,
        _ => new Outlook(AwaitsPerson ? Phase.Paused : Phase.Progressing, Reasons.WorkloadStillServing, StillServing),
    };

    /// <summary>Who serves beside the Rollout's pods, and what is waited for.</summary>
    public string StillServing
    {
        get
        {
            var serves = $"Deployment {seen!.Name} serves with {StatusText.Pods(Math.Max(seen.Desired, seen.Pods))} beside the Rollout's";
            if (seen.Desired == 0) return $"{serves}: they are on their way out";
            if (WasRaised) return $"{serves}: somebody has scaled it up again; {Advice}";
            if (pass.IsPaused) return $"{serves}: {Waiting.WhyPaused(pass)}";
            if (reference!.ScaleDown == WorkloadScaleDown.Never) return $"{serves}: {Advice}";
            if (IsTooLarge) return $"{serves}, and spec.replicas is {pass.Replicas}: it is not scaled down before spec.replicas is as many, or it is scaled down by a person";
            return $"{serves}: it is scaled down as they become available, {Available} of {pass.Replicas} are";
        }
    }

    /// <summary>What a person does about it.</summary>
    public string Advice => $"scale it down by: kubectl scale deployment {seen!.Name} -n {pass.Rollout.Metadata.Namespace} --replicas=0";

    /// <summary>More replicas than the last step down began with are somebody else's, and no business of ours.</summary>
    private bool WasRaised => taken is not null && seen!.Desired > taken.From;

    /// <summary>It carries more than the Rollout is asked to: somebody forgot spec.replicas, or an autoscaler moves them.</summary>
    private bool IsTooLarge => taken is null && seen!.Desired > pass.Replicas;

    private bool AwaitsPerson => seen!.Desired > 0 && (WasRaised || pass.IsPaused || reference!.ScaleDown == WorkloadScaleDown.Never || IsTooLarge);

    /// <summary>Pods of ours that can stand in for the Deployment's.</summary>
    private int Available => pass.Snapshot.ReplicaSets.Sum(set => Math.Min(set.Available, set.Desired));

    /// <summary>The next step down, announced; null when there is none to take now.</summary>
    public Decision.Transition? Next(Situation situation)
    {
        if (!IsGivingWay(situation) || WasRaised || IsTooLarge) return null;

        var current = Math.Min(seen!.Desired, taken?.To ?? seen.Desired);
        if (Target(situation) is not { } target || target >= current) return null;

        var message = $"Deployment {seen.Name} is scaled from {seen.Desired} to {target}: {Available} of {pass.Replicas} pods of the Rollout are available";
        var status = pass.Status with { Workload = new WorkloadStatus { Name = seen.Name, From = seen.Desired, To = target } };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, situation is Situation.Settled or Situation.WorkloadServing ? Reasons.WorkloadStillServing : Reasons.Progressing, message), isWarning: false, "WorkloadScaledDown", "ScaleDown", message);
    }

    /// <summary>The step that the status has announced, as long as our pods can bear it; and the way back of a first deployment that failed halfway.</summary>
    /// <param name="situation">Where the Rollout stands.</param>
    /// <param name="besides">What this pass does to our own pods: those that it takes away stand in for none of the Deployment's.</param>
    public IReadOnlyList<Effect> Effects(Situation situation, IReadOnlyList<Effect> besides)
    {
        if (situation is Situation.Deleting) return Holding.IsHeld(pass.Rollout) && HandBack() is var (raise, _) ? raise : [];
        if (IsGivenUp(pass.Status)) return Raise();

        return IsGivingWay(situation) && taken is not null && !WasRaised && seen!.Desired > taken.To && Available - besides.Sum(TakenAway) + taken.To >= pass.Replicas
            ? [new Effect.ScaleDeployment(seen.Name, seen.Desired, taken.To)]
            : [];
    }

    /// <summary>The Deployment is given its pods back before ours go; null once they are available.</summary>
    public (IReadOnlyList<Effect> Effects, string Message)? HandBack()
    {
        if (!OwesHandBack || (seen!.Desired >= pass.Replicas && seen.IsCurrent && seen.Available >= pass.Replicas)) return null;

        return (Raise(), $"Deployment {seen.Name} takes its place again: {(seen.IsCurrent ? seen.Available : 0)} of {StatusText.Pods(pass.Replicas)} are available");
    }

    /// <summary>What a status that is about to be written says of the Deployment.</summary>
    public WorkloadStatus? StatusFor(RolloutStatus status)
    {
        // What was lowered must not be forgotten while the spec cannot be read.
        if (reference is null) return pass.Errors.Count > 0 ? status.Workload : null;

        var known = KnownTo(status);
        if (IsGivenUp(status)) return seen is { IsTerminating: false } && seen.Desired < pass.Replicas ? known : null;
        if (seen is null) return known;
        if (known is null) return status.Stable is not null && !IsServing ? new WorkloadStatus { Name = seen.Name } : null;
        return seen.Desired <= known.To ? known with { From = seen.Desired, To = seen.Desired } : known;
    }

    private static int TakenAway(Effect effect) => effect switch
    {
        Effect.Scale scale => Math.Max(0, scale.From - scale.To),
        Effect.DeletePod => 1,
        _ => 0,
    };

    /// <summary>A person has scaled it to 0, and our pods serve in its place from now on. The status says so before anything else is done: that the Rollout is held rests on it.</summary>
    public bool IsRecordedBy(RolloutStatus next) => taken is null && KnownTo(next) is not null;

    private IReadOnlyList<Effect> Raise() => OwesHandBack && seen!.Desired < pass.Replicas ? [new Effect.ScaleDeployment(seen.Name, seen.Desired, pass.Replicas)] : [];

    private int? Target(Situation situation) => reference!.ScaleDown switch
    {
        WorkloadScaleDown.Progressively => Math.Max(0, pass.Replicas - Available),
        WorkloadScaleDown.OnSuccess when situation is not Situation.Promoting && Available >= pass.Replicas => 0,
        _ => null,
    };

    /// <summary>The pods come up beside the Deployment's, or are all there, though its template was edited since; and nobody has paused it.</summary>
    private bool IsGivingWay(Situation situation) =>
        seen is { IsTerminating: false } && !pass.IsHeld && situation is Situation.Settled or Situation.WorkloadServing or Situation.Promoting { Release.PreviousRevision: null } or Situation.Contracting { Release.PreviousRevision: null };

    /// <summary>A first deployment did not make it: what it had taken over serves again.</summary>
    private static bool IsGivenUp(RolloutStatus status) => status is { Stable: null, Release: null, LastRelease.Held: true };

    private WorkloadStatus? KnownTo(RolloutStatus status) => status.Workload is { } known && known.Name == reference?.Name ? known : null;
}
