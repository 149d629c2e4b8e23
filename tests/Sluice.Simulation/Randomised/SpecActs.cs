namespace Sluice.Simulation.Randomised;

/// <summary>What people do to the spec.</summary>
internal static class SpecActs
{
    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("another revision", 8, (world, draws) => world.Apply(world.Plans.Next(draws))),
        Kind("an earlier revision", 2, (world, draws) => world.Apply(world.Plans.Earlier(draws))),
        Kind("another plan for the same revision", 2, (world, draws) => world.Apply(world.Plans.Edited(draws))),
        Kind("an invalid plan", 1, (world, draws) => world.Apply(world.Plans.Invalid(draws))),
        Kind("replicas", 2, (world, draws) => world.Patch($$$"""{"spec":{"replicas":{{{draws.Next(0, 9)}}}}}""")),
        Kind("pause", 2, (world, _) => world.Patch("""{"spec":{"paused":true}}""")),
        Kind("resume", 4, (world, _) => world.Patch("""{"spec":{"paused":false}}""")),
        Kind("a release of another Rollout", 1, (world, draws) => world.Apply(world.Plans.Neighbour(draws))),
    ];

    private static DisturbanceKind Kind(string name, int weight, Action<RandomWorld, Random> act) => new(name, DisturbanceFamily.Spec, weight, (world, disturbance) => act(world, disturbance.Draws()));
}
