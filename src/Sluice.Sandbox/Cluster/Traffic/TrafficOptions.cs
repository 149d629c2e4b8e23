namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>How simulated traffic is shown.</summary>
public sealed record TrafficOptions
{
    /// <summary>How long the series of a pod stay, frozen, after it is gone: long enough for one more scrape, then they vanish as a real pod's do.</summary>
    public TimeSpan DepartedSeries { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often routes and Services are read by which traffic is split; null never reads them.</summary>
    public TimeSpan? RouteInterval { get; init; }

    /// <summary>How a Service's requests are spread over its ready pods.</summary>
    public ITrafficSplit Split { get; init; } = new EvenTrafficSplit();
}
