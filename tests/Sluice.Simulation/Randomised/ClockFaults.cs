namespace Sluice.Simulation.Randomised;

/// <summary>The wall clock of an operator is wrong, and jumps; the API server's is the truth.</summary>
internal static class ClockFaults
{
    /// <summary>Further than this no clock is ever from the API server's.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        new("a clock jumps", DisturbanceFamily.Clocks, 3, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            var seconds = Math.Round(Math.Pow(Furthest.TotalSeconds, draws.NextDouble()), 1);
            world.SetClock(world.AnyOperator(draws), TimeSpan.FromSeconds(draws.Next(2) == 0 ? seconds : -seconds));
        }),
        new("a clock is set right", DisturbanceFamily.Clocks, 1, (world, disturbance) => world.SetClock(world.AnyOperator(disturbance.Draws()), TimeSpan.Zero)),
    ];
}
