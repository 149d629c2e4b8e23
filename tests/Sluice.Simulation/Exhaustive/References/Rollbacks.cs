using Sluice.Api;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>The way back from every stage.</summary>
internal static class Rollbacks
{
    /// <summary>A few looks in more time than a segment lasts.</summary>
    private const string Slowly = """
        interval: 5m
        metrics:
        - name: error-rate
          onInconclusive: RollBack
          errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
        """;

    /// <summary>As many errors as can be measured, and far fewer than the bound.</summary>
    private static readonly RolloutYaml Unsound = Small1.With(Requests, "1000").With("sandbox.sluice.dev/error-rate", "0.3%");

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("first-fails", Nothing, [Apply(Small1.With("sandbox.sluice.dev/unschedulable", "true"))])
        {
            Expected = world => world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Failed),
        },
        new("rollback-starting", Deployed, [Apply(V2.With("sandbox.sluice.dev/unschedulable", "true"))])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("crash-starting", SmallDeployed, [Apply(Small2.With("sandbox.sluice.dev/crash", "true"))])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("deadline-pauses", SmallDeployed,
        [
            Apply((Small2 with { Extra = "progressDeadlineSeconds: 60\nonProgressDeadline: Pause" }).With("sandbox.sluice.dev/unschedulable", "true")),
            Decide(world => world.Release?.Reason == Reasons.ProgressDeadlineExceeded, DecisionAction.Continue),
            Decide(world => world.Release is { Reason: Reasons.ProgressDeadlineExceeded, Decisions.Count: 1 }, DecisionAction.Pause),
            Decide(world => world.Status.PausedBy is not null, DecisionAction.Abort),
        ])
        {
            Expected = Ends(Outcome.Aborted, 1),
        },
        new("rollback-stepping", SmallDeployed,
        [
            Apply(Small2 with { Analysis = Latency, Steps = ["setWeight: 50", "analysis: {minDuration: 1m}"] }),
            LatencyRises(IsAnalysing),
        ])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("turns-worse", world => SmallDeployed(world, Unsound),
        [
            Apply(Unsound.V(2) with { Analysis = Errors.Replace("1%", "2.4%", StringComparison.Ordinal), Steps = ["setWeight: 50", "analysis: {}", "setWeight: 60", "analysis: {minDuration: 5m}"] }),
            new("it turns worse", world => world.Release?.Step?.Index == 3, world => world.Prometheus.TurnWorse(ReleaseWorld.Name, world.Release!.Revision, 0.009)),
        ])
        {
            // So long that it is known how errors come.
            RunUp = TimeSpan.FromMinutes(12),
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("rollback-without-prometheus", SmallDeployed,
        [
            Apply((Small2 with { Analysis = Errors, Steps = ["setWeight: 50", "analysis: {minDuration: 1m}"] }).With("sandbox.sluice.dev/error-rate", "30%")),
            new("Prometheus goes down", world => world.Release?.Stage == Stage.RollingBack, world => world.Prometheus.Trouble = new NoDataReason.Timeout()),
        ])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("no-data", SmallDeployed,
        [
            Apply(Small2 with { Analysis = Errors.Replace("- name: error-rate", "- name: error-rate\n  onNoData: Fail", StringComparison.Ordinal), Steps = ["setWeight: 50", "analysis: {minDuration: 1m}"] }),
            new("Prometheus goes down", world => world.Release?.Step?.Kind == StepKind.Analysis, world => world.Prometheus.Trouble = new NoDataReason.Timeout()),
        ])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("inconclusive", SmallDeployed,
        [
            Apply((Small2 with { Analysis = Slowly, Steps = ["setWeight: 50", "analysis: {maxDuration: 11m}"] }).With(Requests, "0.5")),
        ])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("abort-promoting", Deployed,
        [
            Apply(V2 with { Steps = [] }),
            Decide(world => world.Release?.Stage == Stage.Promoting && world.Desired(world.Status.Stable?.Revision) == 1, DecisionAction.Abort),
        ])
        {
            Expected = Ends(Outcome.Aborted, 1),
        },
        new("rollback-promoting", Deployed,
        [
            Apply((V2 with { Analysis = Latency, Steps = [] }).With("sandbox.sluice.dev/ready-after", "40s")),
            LatencyRises(world => world.Release?.Stage == Stage.Promoting),
        ])
        {
            Expected = Ends(Outcome.RolledBack, 1),
        },
        new("rollback-soaking", Deployed, [Apply((V2 with { Analysis = Errors, Soak = "5m", Steps = [] }).With("sandbox.sluice.dev/error-rate", "30%"))])
        {
            Expected = Ends(Outcome.RolledBack, 1),

            // Requests that the old pods had in the first segment of the soak are compared with until they are less than 0.5% of it.
            EventSlack = TimeSpan.FromMinutes(5),
        },
    ];
}
