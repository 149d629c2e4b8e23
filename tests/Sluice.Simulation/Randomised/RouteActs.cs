namespace Sluice.Simulation.Randomised;

/// <summary>What people do to a route in the middle of everything.</summary>
internal static class RouteActs
{
    public static IReadOnlyList<DisturbanceKind> Of(DrawnRoute route) =>
    [
        Kind("set the weights by hand", 4, (world, draws) => route.SetWeight(world, draws.Next(0, 101))),
        Kind("take the split out of the route", 1, (world, _) => DrawnRoute.Apply(world, route.Unsplit, "without a split")),
        Kind("delete the route", 1, (world, _) => route.Delete(world)),
    ];

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Features, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
