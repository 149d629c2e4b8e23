using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>What people's Decisions brought about in one change of a status.</summary>
internal static class AppliedDecisions
{
    /// <summary>The actions that this change applied.</summary>
    public static IReadOnlyList<DecisionAction?> In(Rollout before, Rollout after) =>
        [.. New(before, after).Where(answer => answer.State == DecisionState.Applied).Select(answer => answer.Action)];

    /// <summary>The answers that this change gave.</summary>
    public static IEnumerable<DecisionAnswer> New(Rollout before, Rollout after) =>
        (after.Status?.Decisions ?? []).Where(answer => before.Status?.Decisions.Any(known => known.Uid == answer.Uid) != true);
}
