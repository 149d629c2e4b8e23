using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Traffic;

/// <summary>The next moves of a route and its two sides, each a Service or a subset.</summary>
/// <param name="pass">The present look.</param>
/// <param name="seen">The sides as they are.</param>
/// <param name="route">The route as it is.</param>
/// <param name="target">Where the traffic shall go.</param>
internal sealed class TrafficMoves(Pass pass, ObservedTraffic seen, ObservedRoute route, TrafficTarget target) : ITrafficMoves
{
    private readonly ObservedReplicaSet? stable = pass.Snapshot.ReplicaSetOf(target.Stable);
    private readonly ObservedReplicaSet? canary = pass.Snapshot.ReplicaSetOf(target.Canary);
    private readonly int minAvailable = pass.Bounds(pass.PlanInForce).MinAvailable;

    public IReadOnlyList<Effect> Effects => [.. StableSide(), .. Weights(), .. CanarySide()];

    /// <summary>Everything is where it shall be.</summary>
    public bool IsThere => seen.Stable.Revision == target.Stable && seen.Canary.Revision == CanaryRevision && route.Splits.All(split => split.IsAt(target.Weight));

    /// <summary>The pods are there, and only the endpoints have not caught up.</summary>
    public bool AwaitsEndpoints =>
        (seen.Canary.Revision == target.Canary && seen.Canary.ReadyOf(canary) < Math.Min(canary?.Ready ?? 0, PodsForWeight))
        || (route.Weight > target.Weight && seen.Stable.Revision == target.Stable && seen.Stable.ReadyOf(stable) < Math.Min(stable?.Ready ?? 0, minAvailable));

    private string CanaryRevision => target.Canary ?? target.Stable;

    private int PodsForWeight => WeightedSplit.ForRouter(pass.Replicas, target.Weight).Canary;

    /// <summary>As many pods of stable as must be available take over, or any at all from where none is left, or where somebody else has turned it.</summary>
    private IEnumerable<Effect> StableSide()
    {
        if (seen.Stable.Problem is not null || seen.Stable.Revision == target.Stable) yield break;

        var isWhole = (stable?.Available ?? 0) >= minAvailable && (stable?.Available > 0 || pass.Replicas == 0);
        var isLeft = seen.Stable.ReadyPods.Count == 0 || TurnedElsewhere.Is(pass, seen.Stable);
        if (isWhole || (isLeft && stable?.Ready > 0)) yield return new Effect.SelectRevision(seen.Stable.Side, target.Stable);
    }

    /// <summary>What is wrong with a part of a route keeps the weights of the others from rising, and not from falling.</summary>
    private IEnumerable<Effect> Weights()
    {
        var (wanted, carried) = (Wanted(), Carried());
        var onlyFalls = carried > wanted || route.Problem is not null;
        List<RouteSplit> splits = [.. route.Splits.Where(split => onlyFalls ? split.Percent > carried : !split.IsAt(carried))];
        if (splits.Count > 0) yield return new Effect.SetWeight(carried, splits);
    }

    /// <summary>
    /// The share for the canary's side as far as the canary goes: the target's once enough of its pods are ready behind that side; until then no more than it has.
    /// While it is the stable revision that stands behind it, none: it can be turned round only then.
    /// </summary>
    private int Wanted()
    {
        var weight = route.Weight;
        if (target.Canary is null || (seen.Canary.Revision == target.Stable && weight > 0)) return 0;

        var mayRise = !(pass.IsHeld && pass.Status.Release?.Stage == Stage.Promoting);
        var isReady = seen.Canary.Revision == target.Canary && Math.Min(seen.Canary.ReadyOf(canary), canary?.Available ?? 0) >= Math.Max(1, PodsForWeight);
        return isReady && mayRise ? target.Weight : Math.Min(target.Weight, weight);
    }

    /// <summary>
    /// The same as far as stable can take over what the canary loses: s ready pods of R carry 100·s/R percent, and all of it as soon as replicas − maxUnavailable are
    /// ready. What goes to where no pod is ready is lost anyway, and goes to stable at once.
    /// </summary>
    private int Carried()
    {
        var (wanted, weight) = (Wanted(), route.Weight);
        if (weight > 0 && seen.Canary.ReadyPods.Count == 0) return 0;
        if (wanted >= weight) return wanted;

        var ready = seen.Stable.Revision == target.Stable ? seen.Stable.ReadyOf(stable) : 0;
        if (pass.Replicas == 0 || (ready > 0 && ready >= minAvailable)) return wanted;

        var least = 100 - Math.Min(100, (int)(100L * ready / pass.Replicas));
        return Math.Max(wanted, Math.Min(weight, least));
    }

    /// <summary>
    /// It is turned round while it gets nothing by weight, to stable after the stable side, and at once where it points to neither revision: that was somebody else.
    /// </summary>
    private IEnumerable<Effect> CanarySide()
    {
        if (seen.Canary.Problem is not null || seen.Canary.Revision == CanaryRevision) yield break;

        var isStray = seen.Canary.Revision != target.Stable && target.Canary is not null && canary?.Ready > 0;
        var isFree = route.Weight == 0 && (target.Canary is null ? seen.Stable.Revision == target.Stable || seen.Stable.Problem is not null : canary?.Available > 0);
        if (isStray || isFree) yield return new Effect.SelectRevision(seen.Canary.Side, CanaryRevision);
    }
}
