namespace Sluice.Testing.Analysis;

/// <summary>Truth about one release's traffic. Times are seconds since the release began; the hour before it has negative ones.</summary>
/// <param name="RequestsPerSecond">Of both sides together.</param>
/// <param name="Canary">The canary's true error rate at a time.</param>
/// <param name="Stable">Stable's, before the release too.</param>
/// <param name="ClusterMean">Mean size of the clusters in which errors come (geometric); 1 is independent errors.</param>
internal sealed record SimulatedTraffic(double RequestsPerSecond, Func<double, double> Canary, Func<double, double> Stable, double ClusterMean = 1)
{
    /// <summary>How many times the usual requests there are at a time.</summary>
    public Func<double, double> Load { get; init; } = _ => 1;

    /// <summary>The part of the requests that the canary gets at a time where a weight in percent is asked for, 0 to 1.</summary>
    public Func<double, int, double> Share { get; init; } = (_, weight) => weight / 100.0;

    /// <summary>Ready pods of stable at a time: a change begins a new segment.</summary>
    public Func<double, int> StablePods { get; init; } = _ => 10;

    public static SimulatedTraffic Of(double requestsPerSecond, double canary, double stable, double clusterMean = 1) =>
        new(requestsPerSecond, _ => canary, _ => stable, clusterMean);
}
