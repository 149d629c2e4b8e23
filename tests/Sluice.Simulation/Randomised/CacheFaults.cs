using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.Randomised;

/// <summary>Watch events come late, twice, or never; a cache stands still while others go on.</summary>
internal static class CacheFaults
{
    private static readonly string[] Resources =
        ["rollouts.sluice.dev", "releases.sluice.dev", "decisions.sluice.dev", "migrations.sluice.dev", "replicasets.apps", "jobs.batch", "pods", "leases.coordination.k8s.io"];

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("a late cache", 4, (trouble, draws) => trouble with { Lag = TimeSpan.FromSeconds(draws.Next(3) == 0 ? 2 : 30) }),
        Kind("lost events", 3, (trouble, draws) => trouble with { Fate = EventFate.IsLost, Rate = draws.Next(2) == 0 ? 1 : 0.2, Resource = AnyResource(draws) }),
        Kind("doubled events", 1, (trouble, draws) => trouble with { Fate = EventFate.ArrivesTwice, Rate = draws.Next(2) == 0 ? 1 : 0.2 }),
        Kind("a cache that stands still", 3, (trouble, draws) => trouble with { StandsStill = true, Resource = draws.Next(3) == 0 ? null : AnyResource(draws) }),
        Kind("pods that are not seen for longer than they are waited for", 1, (trouble, draws) => trouble with
        {
            StandsStill = true,
            Until = trouble.Until + TimeSpan.FromSeconds(draws.Next(90, 300)),
            Resource = draws.Next(3) switch { 0 => "pods", 1 => "replicasets.apps", _ => null },
        }),
    ];

    private static string AnyResource(Random draws) => Resources[draws.Next(Resources.Length)];

    private static DisturbanceKind Kind(string name, int weight, Func<CacheTrouble, Random, CacheTrouble> what) => new(name, DisturbanceFamily.Caches, weight, (world, disturbance) =>
    {
        var draws = disturbance.Draws();
        var until = world.World.Cluster.Now + TimeSpan.FromSeconds(Math.Round(Math.Pow(10, draws.NextDouble() * 2.3), 1));
        var trouble = what(new CacheTrouble(disturbance.Number, world.AnyOperator(draws).Name, until, draws), draws);
        world.Say($"FAULT {disturbance}: of {trouble.Operator}, {trouble.Resource ?? "all resources"}{(trouble.Lag > TimeSpan.Zero ? $", by up to {trouble.Lag.TotalSeconds} s" : "")}{(trouble.Rate > 0 ? $", {trouble.Rate:0.##} of them" : "")}, until {trouble.Until:HH:mm:ss}");
        world.Add(trouble);
    });
}
