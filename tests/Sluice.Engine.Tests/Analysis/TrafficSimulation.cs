using MathNet.Numerics.Distributions;
using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Tests.Analysis;

/// <summary>Truth about one release's traffic.</summary>
/// <param name="RequestsPerSecond">Of both sides together.</param>
/// <param name="Canary">The canary's true error rate at a time in seconds since the release began.</param>
/// <param name="Stable">Stable's, before the release too (time 0).</param>
/// <param name="ClusterMean">Mean size of the clusters in which errors come (geometric); 1 is independent errors.</param>
internal sealed record Traffic(double RequestsPerSecond, Func<double, double> Canary, Func<double, double> Stable, double ClusterMean = 1)
{
    public static Traffic Of(double requestsPerSecond, double canary, double stable, double clusterMean = 1) =>
        new(requestsPerSecond, _ => canary, _ => stable, clusterMean);
}

/// <summary>How one simulated release ended.</summary>
internal sealed record SimulatedEnd(Verdict Verdict, double Minutes);

/// <summary>
/// Releases over traffic with known truth: weights 10 to 50% in five steps of at least a minute, a look every 15 s from 30 s into each segment on,
/// an hour of history, max 1%, α 1%, β 5%, given up after an hour. Pass is promoted, Fail rolled back, Inconclusive still held at the end.
/// </summary>
internal sealed class TrafficSimulation(Random random)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly MeasurementTiming Timing = new(TimeSpan.FromSeconds(15), TimeSpan.Zero);
    private static readonly ErrorRateBounds Bounds = new(0.01);
    private static readonly Confidence Confidence = new(0.01, 0.05);

    private const int LookSeconds = 15;
    private const int StepSeconds = 60;
    private const int GiveUpSeconds = 3600;

    public SimulatedEnd Run(Traffic traffic)
    {
        var history = Enumerable.Range(0, 60).Select(_ => Count(traffic.RequestsPerSecond * 60, traffic.Stable(0), traffic.ClusterMean).Errors).ToList();
        var dispersion = Dispersion.Estimate(history);
        var log = SegmentLog.Empty;
        var (weight, stepStart) = (10, 0);
        var counted = new Dictionary<DateTimeOffset, (RequestCount Canary, RequestCount Stable)>();
        for (var second = 0; ; second += LookSeconds)
        {
            var now = Start.AddSeconds(second);
            log = log.Advance(new SegmentConditions(weight, 1, 1), now, Timing);
            log = log.Due(now, Timing).Aggregate(
                log, (known, window) => known.With(new Measurement.Counts(window.From, window.To, counted[window.From].Canary, counted[window.From].Stable)));
            var evidence = Evidence.Compute(log.Segments, Bounds, Confidence, dispersion.Value, Start.AddSeconds(stepStart));
            if (evidence.Verdict == Verdict.Fail) return new SimulatedEnd(Verdict.Fail, second / 60.0);
            if (evidence.Verdict == Verdict.Pass && second - stepStart >= StepSeconds)
            {
                if (weight == 50) return new SimulatedEnd(Verdict.Pass, second / 60.0);
                (weight, stepStart) = (weight + 10, second);
                log = log.Advance(new SegmentConditions(weight, 1, 1), now, Timing);
            }

            if (second >= GiveUpSeconds) return new SimulatedEnd(Verdict.Inconclusive, second / 60.0);

            var requests = traffic.RequestsPerSecond * LookSeconds;
            var (canary, stable) = counted.GetValueOrDefault(log.Open!.From);
            counted[log.Open.From] = (
                canary + Count(requests * weight / 100, traffic.Canary(second), traffic.ClusterMean),
                stable + Count(requests * (100 - weight) / 100, traffic.Stable(second), traffic.ClusterMean));
        }
    }

    private RequestCount Count(double expectedRequests, double errorRate, double clusterMean)
    {
        // Independent errors thin a Poisson stream of requests into two independent ones.
        if (clusterMean <= 1)
        {
            var failed = Sample(expectedRequests * errorRate);
            return new RequestCount(failed + Sample(expectedRequests * (1 - errorRate)), failed);
        }

        var errors = 0;
        var clusters = Sample(expectedRequests * errorRate / clusterMean);
        for (var i = 0; i < clusters; i++) errors += Geometric.Sample(random, 1 / clusterMean);
        return new RequestCount(Math.Max(Sample(expectedRequests), errors), errors);
    }

    private int Sample(double mean) => mean <= 0 ? 0 : Poisson.Sample(random, mean);
}
