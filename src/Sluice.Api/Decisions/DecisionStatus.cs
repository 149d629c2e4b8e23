using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What became of a decision.</summary>
public sealed record DecisionStatus
{
    [Description("Applied; Refused: not possible, or not allowed, as things stand; Late: too late for its release; Superseded: its release or revision is not the present one.")]
    public DecisionState? State { get; init; }

    [Description("What became of it, in a sentence.")]
    public string? Message { get; init; }

    [Description("The Release that it was taken to be about.")]
    public string? Release { get; init; }

    [Description("When it was answered.")]
    public DateTimeOffset? AnsweredAt { get; init; }
}

/// <summary>A decision that was applied, as releases and Rollouts remember it.</summary>
public sealed record DecisionRecord
{
    [Description("Name of the Decision.")]
    public string Name { get => field ?? ""; init; }

    [Description("Who decided.")]
    public string By { get => field ?? ""; init; }

    [Description("What was decided.")]
    public DecisionAction? Action { get; init; }

    [Description("When the Decision was made.")]
    public DateTimeOffset? At { get; init; }

    [Description("Why, in that person's words.")]
    public string? Reason { get; init; }

    [Description("The gate or migration that it answers.")]
    public string? Subject { get; init; }

    [Description("The ticket that justifies it.")]
    public string? Ticket { get; init; }
}

/// <summary>The answer to a decision: committed here together with its effect, before it is written into the Decision itself.</summary>
public sealed record DecisionAnswer
{
    [Description("Name of the Decision.")]
    public string Name { get => field ?? ""; init; }

    [Description("UID of the Decision: one of the same name is another one.")]
    public string Uid { get => field ?? ""; init; }

    [Description("Who decided.")]
    public string By { get => field ?? ""; init; }

    [Description("What was decided.")]
    public DecisionAction? Action { get; init; }

    [Description("What became of it.")]
    public DecisionState State { get; init; }

    [Description("What became of it, in a sentence.")]
    public string? Message { get; init; }

    [Description("The Release that it was taken to be about.")]
    public string? Release { get; init; }

    [Description("When it was answered.")]
    public DateTimeOffset? At { get; init; }
}

/// <summary>The Rollout is at an earlier Release by a person's word, and does not follow its spec.</summary>
public sealed record RollBackHold
{
    [Description("Name of the Release that was gone back to.")]
    public string Release { get => field ?? ""; init; }

    [Description("Its revision: the one that is to run.")]
    public string Revision { get => field ?? ""; init; }

    [Description("The revision in the spec, which is held until the spec asks for another one, or until a Retry.")]
    public string HeldRevision { get => field ?? ""; init; }

    [Description("Who decided so, and why.")]
    public DecisionRecord Decision { get => field ?? new(); init; }
}
