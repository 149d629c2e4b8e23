using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>Tells a release that goes on from one that waits or turns back.</summary>
internal static class Advances
{
    private static readonly Stage[] Order = [Stage.Pending, Stage.Expanding, Stage.Starting, Stage.Stepping, Stage.Promoting, Stage.Soaking, Stage.Contracting];

    /// <summary>Whether this change leads to a later stage or to another step, or from the promotion to its good end.</summary>
    public static bool IsOne(ReleaseProgress old, ReleaseProgress next)
    {
        if (old.Stage == Stage.Promoting && next is { Stage: Stage.Finishing, Outcome: Outcome.Promoted }) return true;

        var (from, to) = (Array.IndexOf(Order, old.Stage), Array.IndexOf(Order, next.Stage));
        return from >= 0 && (to > from || (to == from && old.Step?.Index != next.Step?.Index));
    }

    /// <summary>Whether this change leaves the present step for a later one or for the promotion.</summary>
    public static bool LeavesStep(ReleaseProgress old, ReleaseProgress next) => old.Stage == Stage.Stepping && IsOne(old, next);
}
