using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Traffic;

/// <summary>The next moves of blue-green: the active Service is turned round at once, the preview leads to the new revision before that and to the active one otherwise.</summary>
/// <param name="pass">The present look.</param>
/// <param name="seen">The Services as they are; <see cref="ObservedTraffic.Stable"/> is the active one, <see cref="ObservedTraffic.Canary"/> the preview.</param>
/// <param name="target">Where the traffic shall go.</param>
/// <param name="preview">What runs behind the preview.</param>
internal sealed class SwitchMoves(Pass pass, ObservedTraffic seen, TrafficTarget target, PreviewPlan preview) : ITrafficMoves
{
    private readonly ObservedReplicaSet? active = pass.Snapshot.ReplicaSetOf(target.Stable);
    private readonly ObservedReplicaSet? previewed = pass.Snapshot.ReplicaSetOf(target.Canary);
    private readonly int minAvailable = pass.Bounds(pass.PlanInForce).MinAvailable;

    /// <summary>The revision that the active Service has to leave by the promotion under way; null when none is.</summary>
    private readonly string? leaving = pass.Status.Release is { Stage: Stage.Promoting } release ? release.PreviousRevision : null;

    public IReadOnlyList<Effect> Effects => [.. Active(), .. Preview()];

    public bool IsThere => seen.Stable.Revision == target.Stable && seen.Canary.Revision == PreviewRevision && !AreEndpointsMissing;

    public bool AwaitsEndpoints =>
        (seen.Canary.Revision == target.Canary && seen.Canary.ReadyOf(previewed) < Math.Min(previewed?.Ready ?? 0, PreviewPods))
        || (leaving is not null && seen.Stable.Revision == target.Stable && seen.Stable.ReadyOf(active) < Math.Min(active?.Ready ?? 0, minAvailable));

    private string PreviewRevision => target.Canary ?? target.Stable;

    private int PreviewPods => preview.PodsFor(pass.Replicas);

    private bool AreEndpointsMissing =>
        (target.Canary is not null && seen.Canary.ReadyOf(previewed) < PreviewPods) || (leaving is not null && seen.Stable.ReadyOf(active) < minAvailable);

    /// <summary>
    /// The promotion waits for all of the new revision's pods; the way back for as many as must be available, or for any at all where none is left behind the Service,
    /// or somebody turned it elsewhere.
    /// A Service that somebody turned elsewhere during a promotion goes back to where it was, until the new pods are there.
    /// </summary>
    private IEnumerable<Effect> Active()
    {
        if (seen.Stable.Problem is not null || seen.Stable.Revision == target.Stable) yield break;

        var mayTurn = leaving is null || !pass.IsHeld;
        var finds = leaving is null || SelectorMismatch.Of(pass, seen.Stable, target.Stable) is null;
        var isStray = leaving is not null && seen.Stable.Revision != leaving && pass.Snapshot.ReplicaSetOf(leaving)?.Ready > 0;
        var isWhole = leaving is null ? (active?.Available ?? 0) >= minAvailable : active?.Desired == pass.Replicas && active.Available >= pass.Replicas;
        var isLeft = (!isStray && seen.Stable.ReadyPods.Count == 0) || (leaving is null && TurnedElsewhere.Is(pass, seen.Stable));
        var isThere = (isWhole && active?.Available > 0) || pass.Replicas == 0 || (isLeft && active?.Ready > 0);
        if (mayTurn && finds && isThere) yield return new Effect.SelectRevision(seen.Stable.Side, target.Stable);
        else if (isStray) yield return new Effect.SelectRevision(seen.Stable.Side, leaving);
    }

    /// <summary>To the preview once all of its pods are there, or at once from where somebody else has turned it; back after the active Service.</summary>
    private IEnumerable<Effect> Preview()
    {
        if (seen.Canary.Problem is not null || seen.Canary.Revision == PreviewRevision) yield break;

        var isStray = target.Canary is not null && seen.Canary.Revision != target.Stable && previewed?.Ready > 0;
        var isFree = target.Canary is null ? seen.Stable.Revision == target.Stable || seen.Stable.Problem is not null : previewed?.Available >= Math.Max(1, PreviewPods);
        if (isStray || isFree) yield return new Effect.SelectRevision(seen.Canary.Side, PreviewRevision);
    }
}
