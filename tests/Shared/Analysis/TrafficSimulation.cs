using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Testing.Analysis;

/// <summary>
/// Releases over traffic with known truth, judged by the engine's segments, dispersion and evidence: a look every 15 s from 30 s into each segment on, max 1%, α 1%, β 5%.
/// </summary>
internal sealed class TrafficSimulation(Random random)
{
    public const int LookSeconds = 15;
    public const int StepSeconds = 60;

    public const double Max = 0.01;

    private const double MissedBad = 0.05;

    public static readonly Confidence Confidence = new(FalseAlarm: 0.01, MissedBad);

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly MeasurementTiming Timing = new(TimeSpan.FromSeconds(15), TimeSpan.Zero);
    private static readonly ErrorRateBounds Bounds = new(Max);

    private readonly RequestSource source = new(random);

    public SimulatedEnd Run(SimulatedTraffic traffic) => Run(traffic, ReleaseCourse.Usual);

    public SimulatedEnd Run(SimulatedTraffic traffic, ReleaseCourse course)
    {
        var minutes = History(traffic, course);
        var dispersion = Dispersion.Estimate(minutes);
        var thisMinute = 0.0;
        var log = SegmentLog.Empty;
        var step = 0;
        var stepStart = 0;
        var counted = new Dictionary<DateTimeOffset, (RequestCount Canary, RequestCount Stable)>();
        for (var second = 0; ; second += LookSeconds)
        {
            var now = Start.AddSeconds(second);
            log = log.Advance(ConditionsAt(second), now, Timing);
            log = log.Due(now, Timing).Aggregate(
                log, (known, window) => known.With(new Measurement.Counts(window.From, window.To, counted[window.From].Canary, counted[window.From].Stable)));
            var evidence = Evidence.Compute(log.Segments, Bounds, Confidence, dispersion.Value, log.PresentSince(now));
            if (evidence.Verdict == Verdict.Fail) return new SimulatedEnd(Verdict.Fail, second / 60.0);
            if (evidence.Verdict == Verdict.Pass && second - stepStart >= StepSeconds)
            {
                if (++step == course.Weights.Count) return new SimulatedEnd(Verdict.Pass, second / 60.0);
                stepStart = second;
                log = log.Advance(ConditionsAt(second), now, Timing);
            }

            if (second >= course.GiveUpSeconds) return new SimulatedEnd(Verdict.Inconclusive, second / 60.0);

            var requests = traffic.RequestsPerSecond * LookSeconds * traffic.Load(second);
            var share = traffic.Share(second, course.Weights[step]);
            var stable = source.Count(requests * (1 - share), traffic.Stable(second), traffic.ClusterMean);
            var before = counted.GetValueOrDefault(log.Open!.From);
            counted[log.Open.From] = (before.Canary + source.Count(requests * share, traffic.Canary(second), traffic.ClusterMean), before.Stable + stable);

            thisMinute += stable.Errors;
            if ((second + LookSeconds) % 60 != 0) continue;
            minutes.Add(thisMinute);
            thisMinute = 0;
            if (!dispersion.IsKnown) dispersion = Dispersion.Estimate(minutes);
        }

        SegmentConditions ConditionsAt(int second) => new(course.Weights[step], 1, traffic.StablePods(second));
    }

    /// <summary>Stable's errors minute by minute before the release.</summary>
    private List<double> History(SimulatedTraffic traffic, ReleaseCourse course)
    {
        var minutes = new List<double>();
        for (var second = -60 * course.HistoryMinutes; second < 0; second += 60)
        {
            minutes.Add(source.Count(traffic.RequestsPerSecond * 60 * traffic.Load(second), traffic.Stable(second), traffic.ClusterMean).Errors);
        }

        return minutes;
    }
}
