using Sluice.Api;

namespace Sluice.Engine;

/// <summary>
/// What to do next: either a transition, which is a new status and nothing else, or effects that follow from the status as committed, or our hold on the Rollout.
/// So every effect has been announced before it happens, and an actor with an old view loses the race at the status already.
/// </summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>A change of stage, step or verdict: only the status is written, and then the world is looked at again.</summary>
    public sealed record Transition(RolloutStatus Status, IReadOnlyList<Announcement> Announcements) : Decision
    {
        /// <summary>
        /// It is taken because pods are missing, or have never become ready. What is missing in a view may only not have reached it yet, so the ReplicaSets and
        /// their pods must have been read live.
        /// </summary>
        public bool RestsOnMissingPods { get; init; }

        /// <summary>It is taken because a Job has not ended: that must have been read live.</summary>
        public bool RestsOnOpenJobs { get; init; }
    }

    /// <param name="Effects">In this order; the first error stops them.</param>
    /// <param name="Status">The status with its observed figures refreshed, written after the effects if it differs.</param>
    /// <param name="LookAgain">When to look again though nothing changes; null for never.</param>
    public sealed record Act(IReadOnlyList<Effect> Effects, RolloutStatus Status, TimeSpan? LookAgain) : Decision
    {
        /// <summary>The effects go by single pods, and not only by the figures of their ReplicaSets: the pods must have been read live.</summary>
        public bool RestsOnEachPod { get; init; }

        /// <summary>The watch cache was found behind: that there is nothing to do must have been read live, the ReplicaSets and their pods.</summary>
        public bool LooksLive { get; init; }
    }

    /// <summary>Puts our finalizer on the Rollout, or takes it off, and nothing else: what it is for follows when it is seen there.</summary>
    public sealed record Hold(bool IsHeld) : Decision
    {
        /// <summary>Not everything is in order that it was for.</summary>
        public bool IsGivenUp { get; init; }
    }
}

/// <summary>A Kubernetes event to record once the status that it tells of is committed.</summary>
/// <param name="IsWarning">Warning instead of Normal.</param>
/// <param name="Reason">A CamelCase word.</param>
/// <param name="Action">What was done, a CamelCase word.</param>
/// <param name="Note">A sentence.</param>
public sealed record Announcement(bool IsWarning, string Reason, string Action, string Note);
