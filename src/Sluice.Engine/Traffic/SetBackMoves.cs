using Sluice.Engine.Observed;

namespace Sluice.Engine.Traffic;

/// <summary>
/// The way back of a Rollout that is being deleted, by weight or by switch: at once, whichever pods are ready. No pod will come any more, and those that are left behind belong to nobody by now.
/// </summary>
/// <param name="seen">Route and sides as they are.</param>
/// <param name="revision">The stable revision; null where the sides are to ask for no revision.</param>
internal sealed class SetBackMoves(ObservedTraffic seen, string? revision) : ITrafficMoves
{
    public IReadOnlyList<Effect> Effects => [.. Weights(), .. Sides()];

    public bool IsThere => seen.Weight == 0 && Misled().Count == 0;

    public bool AwaitsEndpoints => false;

    /// <summary>Whether the sides lead to pods of any revision, and of none.</summary>
    public static bool IsFree(ObservedTraffic seen) => new SetBackMoves(seen, revision: null).IsThere;

    private IEnumerable<Effect> Weights()
    {
        List<RouteSplit> splits = [.. (seen.Route?.Splits ?? []).Where(split => split.Percent > 0)];
        if (splits.Count > 0) yield return new Effect.SetWeight(0, splits);
    }

    /// <summary>The canary's side turns to stable once nothing comes to it by weight; the stable one leads there for all others already.</summary>
    private IEnumerable<Effect> Sides() => Misled().Where(side => side == seen.Stable || seen.Weight == 0).Select(side => new Effect.SelectRevision(side.Side, revision));

    private List<ObservedSide> Misled() => [.. new[] { seen.Stable, seen.Canary }.Where(side => side.Problem is null && side.Revision != revision)];
}
