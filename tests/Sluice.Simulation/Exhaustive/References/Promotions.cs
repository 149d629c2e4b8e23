using Sluice.Api;
using Sluice.Operator.Metrics;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>Releases that come through.</summary>
internal static class Promotions
{
    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("canary", Deployed, [Apply(V1.V(2) with { Migration = Expand, Analysis = Latency, Soak = "30s", Steps = ["setWeight: 50", "analysis: {minDuration: 30s}"] })])
        {
            Expected = Ends(Outcome.Promoted, 2),
        },
        new("error-rate-passes", SmallDeployed, [Apply(Small2 with { Analysis = Errors, Steps = ["setWeight: 50", "analysis: {maxDuration: 20m}"] })])
        {
            Expected = Ends(Outcome.Promoted, 2),
        },
        new("first", Nothing, [Apply(Small1)])
        {
            Expected = world => world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted),
        },
        new("scaled", SmallDeployed,
        [
            Apply((Small2 with { Analysis = Errors, Steps = ["setWeight: 50", "analysis: {minDuration: 1m}"] }).With(Requests, "1000")),
            new("Prometheus becomes slow", IsAnalysing, world => world.Prometheus.AnswerTime = TimeSpan.FromSeconds(20)),
            new("scales to 3", world => world.Prometheus.Waiting.Exists(waiting => waiting.Kind == MeasurementKind.Running), world => world.Patch("""{"spec":{"replicas":3}}""")),
        ])
        {
            Expected = world =>
            {
                Ends(2, Outcome.Promoted)(world);
                world.RunningImages.Count.ShouldBe(3);
            },
        },
        new("answers-come-and-go", SmallDeployed,
        [
            Apply((Small2 with { Analysis = Both, Steps = ["setWeight: 50", "analysis: {minDuration: 90s}"] }).With(Requests, "1000")),
            LatencyIs(2, IsAnalysing),
            Decide(IsAnalysing, DecisionAction.Continue),
            LatencyIs(0.1, world => Metric(world, "latency")?.ConsecutiveBreaches == 1),
            LatencyIs(0.01, world => Metric(world, "latency")?.ConsecutiveBreaches == 0),
            LatencyIs(0.1, world => Metric(world, "latency")?.ConsecutiveBreaches == 1),
            PrometheusGoesDown(world => Metric(world, "latency")?.ConsecutiveBreaches == 0),
            PrometheusComesBack(world => Metric(world, "error-rate")?.ConsecutiveNoData == 1),
            PrometheusGoesDown(world => Metric(world, "error-rate")?.ConsecutiveNoData == 0),
            PrometheusComesBack(world => Metric(world, "error-rate")?.ConsecutiveNoData == 2),
        ])
        {
            Expected = world =>
            {
                Ends(2, Outcome.Promoted)(world);
                AnswersIn(world).ShouldBe([DecisionState.Refused]);
            },
        },
        new("not-proven", SmallDeployed,
        [
            Apply(Small2 with { Analysis = Latency.Replace("failures: 2", "failures: 9", StringComparison.Ordinal), Steps = ["setWeight: 50", "analysis: {minDuration: 5s, maxDuration: 40s}"] }),
            LatencyRises(world => world.Release?.Stage == Stage.Starting),
            Decide(world => world.Release?.Reason == Reasons.AnalysisInconclusive, DecisionAction.Continue),
            new("latency falls", _ => true, world => world.Prometheus.ThresholdValue = 0.1),
        ])
        {
            Expected = Ends(2, Outcome.Promoted),
        },
    ];
}
