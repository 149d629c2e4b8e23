using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Draws what people decide: mostly about what is there, sometimes about what is not there any more, and hardly ever at the right moment.</summary>
internal sealed class RandomDecisions(ReleaseWorld world)
{
    private const string NoRevision = "0000000000";

    private string? Present => world.Release?.Revision ?? world.Status.LastRelease?.Revision;

    /// <summary>Half of them are what the Rollout just waits for, if it does, and half of these are about another revision.</summary>
    public DecisionSpec Any(Random random)
    {
        if (random.Next(2) == 0 && Awaited() is { } awaited) return random.Next(2) == 0 ? awaited : awaited with { Revision = AnyRevision(random) };

        var actions = Enum.GetValues<DecisionAction>();
        var action = actions[random.Next(actions.Length)];
        var revision = random.Next(4) == 0 ? AnyRevision(random) : Present ?? NoRevision;
        var needsRevision = action is DecisionAction.Continue or DecisionAction.PromoteFull or DecisionAction.Approve or DecisionAction.Reject or DecisionAction.Override;
        return new DecisionSpec
        {
            Action = action,
            Revision = needsRevision || random.Next(3) == 0 ? revision : null,
            Release = random.Next(6) == 0 ? AnyRelease(random) : null,
            Gate = action is DecisionAction.Approve or DecisionAction.Reject ? AnyGate(random) : null,
            ToRelease = action == DecisionAction.RollBack ? AnyRelease(random) : null,
            Subject = action == DecisionAction.Override ? random.Next(2) == 0 || world.Migrations.Count == 0 ? $"gate/{AnyGate(random)}" : $"migration/{One(random, [.. world.Migrations.Select(migration => migration.Metadata.Name!)])}" : null,
            Ticket = action == DecisionAction.Override ? "INC-1" : null,
        };
    }

    /// <summary>What the Rollout waits for from a person; null when that is nothing.</summary>
    public DecisionSpec? Awaited() => world.Status switch
    {
        { PausedBy: not null } => new DecisionSpec { Action = DecisionAction.Resume },
        { Release: { Stage: Stage.Stepping, Step: { Kind: StepKind.Gate, Gate: { } gate } } release } => new DecisionSpec { Action = DecisionAction.Approve, Gate = gate, Revision = release.Revision },
        { Release: { Stage: Stage.Stepping, Step: { Kind: StepKind.Pause, Deadline: null } } release } => new DecisionSpec { Action = DecisionAction.Continue, Revision = release.Revision },
        { Release: { Stage: Stage.Stepping, Reason: Reasons.AnalysisInconclusive } release } => new DecisionSpec { Action = DecisionAction.Continue, Revision = release.Revision },
        _ => null,
    };

    private string AnyRevision(Random random) => world.Releases.Count > 0 ? One(random, [.. world.Releases.Select(release => release.Spec.Revision)]) : NoRevision;

    private string AnyGate(Random random) => world.Release?.Step?.Gate is { } gate && random.Next(4) > 0 ? gate : $"gate-{random.Next(4)}";

    private string AnyRelease(Random random) => world.Releases.Count > 0 && random.Next(8) > 0 ? One(random, [.. world.Releases.Select(release => release.Metadata.Name!)]) : "payments-99";

    private static string One(Random random, IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];
}
