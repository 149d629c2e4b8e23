using Sluice.Simulation.World;

namespace Sluice.Simulation.Randomised;

/// <summary>Prometheus misbehaves, and what it measures changes.</summary>
internal static class MetricFaults
{
    private static readonly PrometheusFault[] All = Enum.GetValues<PrometheusFault>();

    public static IReadOnlyList<DisturbanceKind> Kinds { get; } =
    [
        Kind("answers that are none", 4, (prometheus, draws) => prometheus.Fault = draws.Next(3) == 0 ? null : All[draws.Next(All.Length)]),
        Kind("slow answers", 2, (prometheus, draws) => prometheus.AnswerTime = draws.Next(3) == 0 ? VirtualPrometheus.UsualAnswerTime : TimeSpan.FromSeconds(draws.Next(1, 90))),
        Kind("no scrapes", 2, (prometheus, draws) => prometheus.IsBlind = draws.Next(2) == 0),
        Kind("counters begin again", 1, (prometheus, _) => prometheus.ResetCounters()),
        Kind("counters step back", 1, (prometheus, _) => prometheus.StepBack()),
        Kind("latency", 3, (prometheus, draws) => prometheus.ThresholdValue = draws.Next(4) switch { 0 => 2, 1 => 0, _ => 0.1 }),
    ];

    private static DisturbanceKind Kind(string name, int weight, Action<VirtualPrometheus, Random> act) => new(name, DisturbanceFamily.Metrics, weight, (world, disturbance) =>
    {
        var prometheus = world.World.Prometheus;
        act(prometheus, disturbance.Draws());
        world.Say($"FAULT {disturbance}: Prometheus answers {prometheus.Fault?.ToString() ?? "well"} within {prometheus.AnswerTime.TotalSeconds:0.##} s, {(prometheus.IsBlind ? "scrapes nothing" : "scrapes")}, latency {prometheus.ThresholdValue}");
    });
}
