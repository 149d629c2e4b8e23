using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>A Decision before the Rollout that it is about.</summary>
internal sealed class Petition(Pass pass, Api.Decision decision)
{
    public Pass Pass => pass;

    public DecisionSpec Spec => decision.Spec;

    public string Name => decision.Metadata.Name ?? "";

    public string Uid => decision.Metadata.Uid ?? "";

    /// <summary>By the API server's clock, in whole seconds.</summary>
    public DateTimeOffset CreatedAt => decision.Metadata.CreationTimestamp ?? pass.Now;

    /// <summary>The release in flight; null when there is none.</summary>
    public ReleaseProgress? Flight => pass.Status.Release;

    /// <summary>The release that ended last.</summary>
    public LastRelease? Last => pass.Status.LastRelease;

    /// <summary>Name of the release in flight, or else of the last one; null before the first.</summary>
    public string? CurrentRelease => Flight?.Name ?? Last?.Name;

    public string? CurrentRevision => Flight?.Revision ?? Last?.Revision;

    public ReleasePlan Plan => pass.PlanInForce;

    public DecisionRecord Record => Records.Of(decision) with { At = CreatedAt };

    /// <summary>What the person did, as timelines and messages tell it.</summary>
    public string Tell(string what) => $"{what} by {Spec.By}: {Spec.Reason}{(Spec.Ticket is null ? "" : $" ({Spec.Ticket})")}";

    /// <summary>What an answer says of a pause that the release of a revision waits for; empty where none is in the way.</summary>
    public string PauseBefore(string revision) => pass.IsPaused && revision != pass.StableRevision && revision != Flight?.PreviousRevision
        ? $"; nothing is released while the Rollout is paused ({Waiting.WhyPaused(pass)})"
        : "";

    /// <summary>A change of stage or step that is this person's doing, as the last entry of the timeline then says.</summary>
    public Ruling.Applied Apply(Decision.Transition transition, string message)
    {
        var release = transition.Status.Release;
        if (release is not { Timeline: [.., var entry] }) return new Ruling.Applied(transition, message);

        var signed = release with { Timeline = [.. release.Timeline.SkipLast(1), entry with { Actor = Spec.By }] };
        return new Ruling.Applied(transition with { Status = transition.Status with { Release = signed } }, message);
    }

    /// <summary>A change that moves no stage and no step, told by an entry of the release's timeline.</summary>
    public Ruling.Applied Note(RolloutStatus status, ReleaseProgress release, string from, string to, string reason, string message) =>
        Apply(Quiet.Change(pass, status with { Release = Transitions.WithEntry(pass, release, from, to, reason, message) }, []), message);

    /// <summary>A change that moves no stage and no step: what is observed, and what is said of it, follows in the next pass.</summary>
    public Ruling.Applied Apply(RolloutStatus status, string message) => new(Quiet.Change(pass, status, []), message);

    /// <summary>The answer to what is about a release, where none is in flight.</summary>
    public Ruling NoFlight() => Last is { } last
        ? Ruling.Late($"release {last.Name} has ended as {last.Outcome}")
        : Ruling.Refused($"{pass.Name} has no release yet");
}
