using MathNet.Numerics.Distributions;
using Sluice.Sandbox.Cluster.Nodes;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>
/// The counters of one pod's process. Requests arrive as a Poisson process, errors are an independent share of them and durations are
/// log-normal; by the thinning of Poisson processes every (code, bucket) cell is then an independent Poisson count, drawn for the
/// time passed, however often one looks.
/// </summary>
internal sealed class RequestCounters(PodBehaviour behaviour, int seed, DateTimeOffset now)
{
    /// <summary>Upper bounds of the duration buckets in seconds; the last, infinite one is not listed.</summary>
    public static readonly IReadOnlyList<double> Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    // The spread of the durations' logarithm: the 99th percentile is then 2.8 times the mean.
    private const double Sigma = 0.5;

    private readonly Random _random = new(seed);
    private readonly double[] _shares = BucketShares(behaviour.Latency.TotalSeconds);
    private readonly long[] _durations = new long[Bounds.Count + 1];
    private DateTimeOffset _countedTo = now;

    /// <summary>Requests per second from now on.</summary>
    public double Rate { get; set; }

    public long Successes { get; private set; }

    public long Errors { get; private set; }

    /// <summary>Requests per bucket, not cumulated; the last has no bound.</summary>
    public IReadOnlyList<long> Durations => _durations;

    public double DurationSum => (Successes + Errors) * behaviour.Latency.TotalSeconds;

    /// <summary>Counts what arrived since the last call.</summary>
    public void CountTo(DateTimeOffset moment)
    {
        var arrived = Rate * Math.Max(0, (moment - _countedTo).TotalSeconds);
        _countedTo = moment > _countedTo ? moment : _countedTo;
        if (arrived <= 0) return;
        for (var bucket = 0; bucket < _durations.Length; bucket++)
        {
            var successes = Draw(arrived * (1 - behaviour.ErrorRate) * _shares[bucket]);
            var errors = Draw(arrived * behaviour.ErrorRate * _shares[bucket]);
            _durations[bucket] += successes + errors;
            Successes += successes;
            Errors += errors;
        }
    }

    private long Draw(double mean) => mean <= 0 ? 0 : Poisson.Sample(_random, mean);

    private static double[] BucketShares(double mean)
    {
        var shares = new double[Bounds.Count + 1];
        if (mean <= 0)
        {
            shares[0] = 1;
            return shares;
        }

        // The mean of a log-normal distribution is exp(mu + sigma²/2).
        var mu = Math.Log(mean) - (Sigma * Sigma / 2);
        var below = 0.0;
        for (var bucket = 0; bucket < Bounds.Count; bucket++)
        {
            var cumulated = LogNormal.CDF(mu, Sigma, Bounds[bucket]);
            shares[bucket] = cumulated - below;
            below = cumulated;
        }

        shares[^1] = 1 - below;
        return shares;
    }
}
