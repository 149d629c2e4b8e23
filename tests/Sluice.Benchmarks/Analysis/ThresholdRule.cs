using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary>
/// Counting breaches of a threshold, as others do it: once a minute the canary's success rate of that minute is held against 1 − max. A minute without requests is a breach:
/// the rate is 0/0, which is not at least 99%.
/// </summary>
/// <param name="Name">Whose rule it is.</param>
/// <param name="Breaches">Breaches in all, not only in a row, that roll back.</param>
/// <param name="HoldsAtBreach">Whether a weight is kept until a minute is good; otherwise every weight takes one minute.</param>
internal sealed record ThresholdRule(string Name, int Breaches, bool HoldsAtBreach)
{
    /// <summary>thresholdRange min 99, threshold 5: a failed check halts the advancement, the fifth one rolls back.</summary>
    public static readonly ThresholdRule Flagger = new("Flagger, 5 failures", 5, HoldsAtBreach: true);

    /// <summary>A background analysis fails when more measurements than failureLimit have failed.</summary>
    public static readonly ThresholdRule ArgoStrict = new("Argo Rollouts, failureLimit 0", 1, HoldsAtBreach: false);

    public static readonly ThresholdRule ArgoLenient = new("Argo Rollouts, failureLimit 3", 4, HoldsAtBreach: false);

    public static IReadOnlyList<ThresholdRule> All { get; } = [Flagger, ArgoStrict, ArgoLenient];

    public SimulatedEnd Run(Random random, SimulatedTraffic traffic, ReleaseCourse course)
    {
        var source = new RequestSource(random);
        var (step, breaches) = (0, 0);
        for (var second = 0; second < course.GiveUpSeconds; second += 60)
        {
            var minute = MinuteOf(source, traffic, second, course.Weights[step]);
            var isGood = minute.Requests > 0 && minute.ErrorRate <= TrafficSimulation.Max;
            var ended = (second + 60) / 60.0;
            if (!isGood && ++breaches >= Breaches) return new SimulatedEnd(Verdict.Fail, ended);
            if ((isGood || !HoldsAtBreach) && ++step == course.Weights.Count) return new SimulatedEnd(Verdict.Pass, ended);
        }

        return new SimulatedEnd(Verdict.Inconclusive, course.GiveUpSeconds / 60.0);
    }

    private static RequestCount MinuteOf(RequestSource source, SimulatedTraffic traffic, int start, int weight)
    {
        var sum = default(RequestCount);
        for (var second = start; second < start + 60; second += TrafficSimulation.LookSeconds)
        {
            var requests = traffic.RequestsPerSecond * TrafficSimulation.LookSeconds * traffic.Load(second) * traffic.Share(second, weight);
            sum += source.Count(requests, traffic.Canary(second), traffic.ClusterMean);
        }

        return sum;
    }
}
