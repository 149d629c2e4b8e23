namespace Sluice.Simulation.Randomised;

/// <summary>What people decide.</summary>
internal static class DecisionActs
{
    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        new("a Decision", DisturbanceFamily.Decisions, 3, (world, disturbance) => world.Decide(world.Decisions.Any(disturbance.Draws()))),
        new("two Decisions at once", DisturbanceFamily.Decisions, 1, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            world.Decide(world.Decisions.Any(draws));
            world.Decide(world.Decisions.Any(draws));
        }),
    ];
}
