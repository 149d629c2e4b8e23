using Sluice.Engine.Plans;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The objects by which a Rollout's traffic is steered.</summary>
/// <param name="Field">Where the spec names them.</param>
/// <param name="RouteField">The name of the field with the route's name.</param>
/// <param name="Kind">The route's kind.</param>
/// <param name="Route">The route's name.</param>
/// <param name="Sides">What the route splits the traffic between.</param>
internal sealed record RouteNames(string Field, string RouteField, string Kind, string Route, SteeredSides Sides)
{
    /// <summary>Names of the parts of the route that are meant; empty for all that can be.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Nothing is written into the route itself, so that several Rollouts may name it.</summary>
    public bool IsOnlyRead { get; init; }

    public TrafficSide Stable => Sides.Stable;

    public TrafficSide Canary => Sides.Canary;

    public override string ToString() => $"{Kind} {Route}";
}
