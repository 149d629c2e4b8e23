namespace Sluice.Simulation.World;

/// <summary>The counters of one pod.</summary>
internal sealed record PodSeries(CounterSeries Requests, CounterSeries Errors);
