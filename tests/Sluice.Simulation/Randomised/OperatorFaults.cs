namespace Sluice.Simulation.Randomised;

/// <summary>Operators die and start; up to three lead at once, each believing itself the only one.</summary>
internal static class OperatorFaults
{
    private const int MostLeaders = 3;

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        new("an operator starts", DisturbanceFamily.Operators, 1, (world, _) =>
        {
            if (world.Operators.Count < MostLeaders) world.StartOperator();
        }),
        new("an operator is killed", DisturbanceFamily.Operators, 1, (world, disturbance) =>
        {
            if (world.Operators.Count > 1) world.KillOperator(world.AnyOperator(disturbance.Draws()));
        }),
        new("an operator is killed, another starts", DisturbanceFamily.Operators, 2, (world, disturbance) =>
        {
            world.KillOperator(world.AnyOperator(disturbance.Draws()));
            world.StartOperator();
        }),
    ];
}
