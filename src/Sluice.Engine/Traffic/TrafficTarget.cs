using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Traffic;

/// <summary>Where a status wants the traffic to go.</summary>
/// <param name="Stable">The revision behind the stable Service.</param>
/// <param name="Canary">The revision behind the canary's Service; null when all of the traffic is for <paramref name="Stable"/>, by whichever Service it comes.</param>
/// <param name="Weight">Percent for the canary's Service; 0 with blue-green.</param>
internal sealed record TrafficTarget(string Stable, string? Canary, int Weight)
{
    /// <summary>
    /// The target of a status; null while nothing is stable: a first deployment leaves routes and Services as they are until it is promoted.
    /// The canary's Service turns to the canary with the first weight, and back before the canary's pods go, since other rules of a route may name it too.
    /// </summary>
    /// <param name="plan">By which Services.</param>
    /// <param name="status">The status.</param>
    /// <param name="replicas">R; with none there is no pod that could get any traffic.</param>
    public static TrafficTarget? Of(TrafficPlan plan, RolloutStatus status, int replicas) => plan.Preview is null ? ByWeight(status, replicas) : BySwitch(status, replicas);

    private static TrafficTarget? ByWeight(RolloutStatus status, int replicas) => status.Release switch
    {
        null or { Stage: Stage.Finishing } => AllFor(status.Stable?.Revision),
        { Stage: Stage.Soaking or Stage.Contracting } release => AllFor(release.Revision),
        { Stage: Stage.Stepping or Stage.Promoting, PreviousRevision: { } previous } release when status.Canary?.Weight > 0 && replicas > 0 => new TrafficTarget(previous, release.Revision, status.Canary.Weight),
        { } release => AllFor(release.PreviousRevision),
    };

    /// <summary>The preview's Service leads to the new revision from its first pods on; the promotion is the turn of the active one.</summary>
    private static TrafficTarget? BySwitch(RolloutStatus status, int replicas) => status.Release switch
    {
        null or { Stage: Stage.Finishing } => AllFor(status.Stable?.Revision),
        { Stage: Stage.Soaking or Stage.Contracting } or { Stage: Stage.Promoting, PreviousRevision: not null } => AllFor(status.Release.Revision),
        { Stage: Stage.Starting or Stage.Stepping, PreviousRevision: { } previous } release when replicas > 0 => new TrafficTarget(previous, release.Revision, 0),
        { } release => AllFor(release.PreviousRevision),
    };

    /// <summary>Null where there is no such revision.</summary>
    public static TrafficTarget? AllFor(string? revision) => revision is null ? null : new TrafficTarget(revision, Canary: null, 0);
}
