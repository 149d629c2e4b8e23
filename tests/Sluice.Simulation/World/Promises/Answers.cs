using Sluice.Api;
using Sluice.Operator.Metrics;

namespace Sluice.Simulation.World.Promises;

/// <summary>Every answer that operators had from Prometheus, as long as it may count.</summary>
/// <param name="heard">Is told of each.</param>
internal sealed class Answers(Action<string> heard)
{
    private const int Kept = 50;

    private readonly Dictionary<(string Uid, string Metric), List<(string Operator, MeasurementResult Result)>> given = [];

    public void Listen(string name, VirtualMeasurements measurements) => measurements.Subscribe(rollout => Take(name, measurements, rollout));

    /// <summary>The newest answer that this operator had about the metric in this release; null without one.</summary>
    public MeasurementResult? Newest(string name, Rollout rollout, ReleaseProgress release, string metric) => Of(rollout, release, metric).LastOrDefault(answer => answer.Operator == name).Result;

    /// <summary>How many of the last answers were breaches, and how many were none.</summary>
    public (int Breaches, int Missing) InARow(Rollout rollout, ReleaseProgress release, MetricSpec metric)
    {
        var all = Of(rollout, release, metric.Name).Select(answer => answer.Result).Reverse().ToList();
        return (
            all.Where(answer => answer.Value is not MeasurementValue.NoData).TakeWhile(answer => IsBreach(metric, answer)).Count(),
            all.TakeWhile(answer => answer.Value is MeasurementValue.NoData).Count());
    }

    public DateTimeOffset? LastBreach(string name, Rollout rollout, ReleaseProgress release, MetricSpec metric) =>
        Of(rollout, release, metric.Name).LastOrDefault(answer => answer.Operator == name && IsBreach(metric, answer.Result)).Result?.At;

    private static bool IsBreach(MetricSpec metric, MeasurementResult answer) =>
        metric.Threshold is { } threshold && answer.Value is MeasurementValue.Scalar scalar && Verdicts.IsBreach(threshold, scalar.Value);

    private IEnumerable<(string Operator, MeasurementResult Result)> Of(Rollout rollout, ReleaseProgress release, string metric) =>
        (given.GetValueOrDefault((rollout.Metadata.Uid!, metric)) ?? []).Where(answer => answer.Result.Request.CanaryRevision == release.Revision && answer.Result.FinishedAt >= release.StartedAt);

    private void Take(string name, VirtualMeasurements measurements, MeasuredRollout rollout)
    {
        foreach (var answer in measurements.Latest(rollout.Uid).Where(answer => answer.Request.Kind == MeasurementKind.Running))
        {
            var key = (rollout.Uid, answer.Request.Metric);
            if (!given.TryGetValue(key, out var known)) given[key] = known = [];
            if (known.Exists(earlier => ReferenceEquals(earlier.Result, answer))) continue;
            known.Add((name, answer));
            heard($"{name} hears {MemoryText.Of(answer)}");
            if (known.Count > Kept) known.RemoveAt(0);
        }
    }
}
