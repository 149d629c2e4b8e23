using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Calls to the API server go wrong: the next few of one kind, or a part of all for a while.</summary>
internal static class CallFaults
{
    private static readonly ConnectionFault[] All = Enum.GetValues<ConnectionFault>();

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        new("the next calls fail", DisturbanceFamily.Calls, 6, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            var fault = All[draws.Next(All.Length)];
            Begin(world, disturbance, new CallTrouble(disturbance.Number, world.World.Cluster.Now + TimeSpan.FromMinutes(10), draws.Next(1, 4), draws.Next(2) == 0 ? 1 : 0.3, [fault], draws.Next(2) == 0, draws));
        }),
        new("a part of the calls fails for a while", DisturbanceFamily.Calls, 2, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            Begin(world, disturbance, new CallTrouble(disturbance.Number, world.World.Cluster.Now + TimeSpan.FromSeconds(draws.Next(5, 300)), int.MaxValue, draws.NextDouble() * 0.3, All, false, draws));
        }),
        new("the API server is down", DisturbanceFamily.Calls, 1, (world, disturbance) =>
        {
            var draws = disturbance.Draws();
            ConnectionFault[] faults = [ConnectionFault.CutBefore, ConnectionFault.Unavailable, ConnectionFault.TimeoutLost];
            Begin(world, disturbance, new CallTrouble(disturbance.Number, world.World.Cluster.Now + TimeSpan.FromSeconds(draws.Next(1, 120)), int.MaxValue, 1, faults, false, draws));
        }),
    ];

    private static void Begin(RandomWorld world, Disturbance disturbance, CallTrouble trouble)
    {
        world.Say($"FAULT {disturbance}: {(trouble.Calls < int.MaxValue ? $"{trouble.Calls} times, " : "")}{trouble.Rate:0.##} of {(trouble.WritesOnly ? "writes" : "calls")}, {string.Join('/', trouble.Faults)}, until {trouble.Until:HH:mm:ss}");
        world.Calls.Add(trouble);
    }
}
