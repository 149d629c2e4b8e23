using Sluice.Api;
using Sluice.Engine.Finalization;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Traffic;

/// <summary>
/// One pass of a route and its sides towards where the committed status wants the traffic. Each move waits until the one before it is observed, and none sends traffic
/// to where no pod is ready.
/// </summary>
internal sealed class TrafficPass
{
    /// <summary>How soon a move is looked at again: nobody tells of changes of routes and endpoints.</summary>
    private static readonly TimeSpan MoveInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often a route is looked at during a release, and while something is wrong with it.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(15);

    private readonly Pass pass;
    private readonly TrafficPlan? plan;
    private readonly ObservedTraffic? seen;
    private readonly TrafficTarget? target;
    private readonly IReadOnlyList<ObservedSide> former;

    private TrafficPass(Pass pass, TrafficPlan? plan)
    {
        var observed = pass.Snapshot.Traffic;
        (this.pass, this.plan) = (pass, plan);
        seen = plan is not null && observed?.Stable.Side == plan.Stable && observed.Canary.Side == plan.Canary ? observed : null;
        target = plan is null ? null : pass.Rollout.Metadata.DeletionTimestamp is null ? TrafficTarget.Of(plan, pass.Status, pass.Replicas) : TrafficTarget.AllFor(pass.StableRevision);
        former = [.. pass.Snapshot.FormerSides.Where(side => side.Revision is not null)];
        var moves = IsHandingBack ? null : Moves();
        Effects = OneForEachObject(IsHandingBack ? [.. former.Select(side => new Effect.SelectRevision(side.Side, Revision: null))] : moves?.Effects ?? []);
        IsMoving = Effects.Count > 0 || moves?.AwaitsEndpoints == true;
        IsSettled = !IsHandingBack && (plan is null || target is null || (seen is { Problem: null } && moves?.IsThere == true));
    }

    public IReadOnlyList<Effect> Effects { get; }

    /// <summary>Route and sides are seen to be as they shall be; without a router they always are.</summary>
    public bool IsSettled { get; }

    /// <summary>There is a move to make, or the endpoints have not followed the last one.</summary>
    public bool IsMoving { get; }

    /// <summary>
    /// Services or subsets that the spec names no longer still select one revision. They must let go of it before the pods of that revision may go: nobody else would ever
    /// turn them to another.
    /// </summary>
    public bool IsHandingBack => former.Count > 0;

    /// <summary>Why the traffic cannot be steered; null when it can, or need not be.</summary>
    public string? Problem => plan is null || seen is null ? null : seen.Problem ?? SelectorMismatch.Of(pass, seen);

    /// <summary>Percent of the traffic that the canary gets; null where the numbers of pods carry the weight.</summary>
    public int? Weight => plan switch
    {
        null => null,
        { Preview: null } => seen?.Weight ?? 0,
        _ => pass.Status.Release is { } release && seen?.Stable.Revision == release.Revision ? 100 : 0,
    };

    /// <summary>A preview leads to the new revision.</summary>
    public bool IsPreviewing => plan?.Preview is not null && pass.Status.Release is { } release && seen?.Canary.Revision == release.Revision;

    /// <summary>The status wants traffic somewhere else than at the stable revision, or not all of it is seen to be back.</summary>
    public bool IsAwayFromStable =>
        target is not null && (target.Canary is not null || target.Stable != pass.StableRevision || (Holding.IsHeld(pass.Rollout) && !IsAllFor(target.Stable)));

    /// <summary>While the Rollout is being deleted: no traffic leads anywhere but to the stable revision.</summary>
    public bool IsSetBack => plan is null || target is null || (IsForDeployment ? SetBackMoves.IsFree(seen!) : IsAllFor(target.Stable));

    /// <summary>When route and sides must be looked at again; null for when something else changes.</summary>
    public TimeSpan? NextLook
    {
        get
        {
            if (IsMoving) return MoveInterval;
            if (plan is null || target is null) return null;

            TimeSpan? watch = Problem is not null || pass.Status.Release is not null ? WatchInterval : null;
            var known = StatusFor(pass.Status);
            var left = (known?.AllStableSince + plan.ScaleDownDelay ?? known?.RetainedUntil) - pass.Now;
            return left > TimeSpan.Zero && LosersAreLeft && !(watch < left) ? left : watch;
        }
    }

    /// <summary>Nothing is stable: the sides stay where people put them until a first deployment is promoted, and with them the pods that they lead to.</summary>
    public bool IsLeftAsItIs => plan is not null && target is null && !IsHandingBack;

    public static TrafficPass Of(Pass pass, TrafficPlan? plan) => new(pass, plan);

    /// <summary>
    /// Whether the pods of a revision that is to lose them must stay for now: because traffic may still come to them, or stopped coming less than the
    /// scale-down delay ago.
    /// </summary>
    public bool Keeps(string revision)
    {
        if (former.Any(side => side.Revision == revision)) return true;
        if (plan is null || revision == target?.Stable) return false;
        if (seen is null || seen.Stable.Revision == revision || seen.Canary.Revision == revision) return true;
        if (target is null) return false;

        if (pass.Now < pass.Status.Traffic?.RetainedUntil) return true;

        var since = pass.Status.Traffic?.AllStableSince;
        return target.Canary is null ? !IsAllFor(target.Stable) || since is null || IsRecent(since.Value) : since is { } time && IsRecent(time);
    }

    /// <summary>
    /// Whether traffic comes to the pods of a revision: a preview, and pods that wait out their delay, serve nobody. Those of every revision do where no router, or nobody
    /// yet, says which.
    /// </summary>
    public bool LeadsTo(string revision) =>
        target is null || seen?.Stable.Revision is not { } stable || stable == revision || (seen.Weight > 0 && (seen.Canary.Revision ?? revision) == revision);

    /// <summary>How many pods the canary needs when it is to have <paramref name="wanted"/>: as many as now while it gets more traffic than it shall, or must be kept.</summary>
    public int CanaryPods(string revision, int wanted)
    {
        if (plan is null || target is null) return wanted;

        var stay = target.Canary == revision ? seen is null || seen.Weight > target.Weight : Keeps(revision);
        return stay ? Math.Max(wanted, pass.Snapshot.ReplicaSetOf(revision)?.Desired ?? 0) : wanted;
    }

    /// <summary>What a status that is about to be written says of the traffic.</summary>
    public TrafficStatus? StatusFor(RolloutStatus status)
    {
        // What was steered by must not be forgotten while the spec cannot be read.
        if (IsHandingBack || (plan is null && pass.Errors.Count > 0)) return pass.Status.Traffic;
        if (plan is null) return null;

        var isRest = TrafficTarget.Of(plan, status, pass.Replicas) is { Canary: null } rest && IsAllFor(rest.Stable);
        return new TrafficStatus
        {
            StableService = plan.Stable.Service,
            CanaryService = plan.Canary.Service,
            DestinationRule = plan.Stable.DestinationRule,
            StableSubset = plan.Stable.Subset,
            CanarySubset = plan.Canary.Subset,
            AllStableSince = isRest ? pass.Status.Traffic?.AllStableSince ?? pass.Now : null,
            RetainedUntil = isRest ? null : RetainedUntil(plan),
        };
    }

    /// <summary>
    /// Somebody else has led traffic away from stable. Before it is led back, the status says so: the scale-down delay counts from then, and once it is back nobody sees that it was away.
    /// </summary>
    public bool EndsRest(RolloutStatus next) => Effects.Count > 0 && pass.Status.Traffic?.AllStableSince is not null && next.Traffic is { AllStableSince: null };

    /// <summary>
    /// The end of a delay that began with the promotion before, once the next release leads traffic elsewhere: it does not wait for it, since it may be long and the
    /// way back of that promotion is over.
    /// </summary>
    private DateTimeOffset? RetainedUntil(TrafficPlan of)
    {
        var until = pass.Status.Traffic?.AllStableSince + of.ScaleDownDelay ?? pass.Status.Traffic?.RetainedUntil;
        return until > pass.Now ? until : null;
    }

    /// <summary>The Rollout goes, and the Deployment that it had taken over serves again, whose pods are of no revision.</summary>
    private bool IsForDeployment =>
        pass.Rollout.Metadata.DeletionTimestamp is not null && seen is { Weight: 0 } && pass.Adoption is { OwesHandBack: true } adoption && adoption.HandBack() is null;

    private ITrafficMoves? Moves() => (plan, seen, target) switch
    {
        (not null, not null, not null) when pass.Rollout.Metadata.DeletionTimestamp is not null => new SetBackMoves(seen, IsForDeployment ? null : target.Stable),
        ({ Preview: { } preview }, not null, not null) => new SwitchMoves(pass, seen, target, preview),
        (not null, { Route: { } route }, not null) => new TrafficMoves(pass, seen, route, target),
        _ => null,
    };

    /// <summary>A side or route that is missing, or names no canary, sends nothing anywhere.</summary>
    private bool IsAllFor(string revision) => seen is not null && seen.Weight == 0 && IsFor(seen.Stable, revision) && IsFor(seen.Canary, revision);

    private static bool IsFor(ObservedSide side, string revision) => side.Problem is not null || side.Revision == revision;

    /// <summary>Two subsets of one object are turned in two looks: the second write would rest on the object as it was before the first.</summary>
    private static IReadOnlyList<Effect> OneForEachObject(IReadOnlyList<Effect> effects)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        return [.. effects.Where(effect => effect is not Effect.SelectRevision select || written.Add(select.Side.Written))];
    }

    private bool IsRecent(DateTimeOffset time) => pass.Now < time + plan!.ScaleDownDelay;

    private bool LosersAreLeft => pass.Snapshot.ReplicaSets.Any(set => set.Desired > 0 && set.Revision != target?.Stable && set.Revision != target?.Canary);
}
