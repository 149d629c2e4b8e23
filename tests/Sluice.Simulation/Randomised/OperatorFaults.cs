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
        new("others come in between the calls of a reconcile", DisturbanceFamily.Operators, 3, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            world.Calls.Add(new CallTrouble(disturbance.Number, world.World.Cluster.Now + TimeSpan.FromSeconds(draws.Next(10, 300)), int.MaxValue, 0.2 + (draws.NextDouble() * 0.8), [], false, draws));
        }),
        new("an operator is killed, another starts", DisturbanceFamily.Operators, 2, (world, disturbance) =>
        {
            world.KillOperator(world.AnyOperator(disturbance.Draws()));
            world.StartOperator();
        }),
    ];
}
