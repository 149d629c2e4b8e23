using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Another operator takes over in the middle of an analysis.</summary>
public sealed class AnalysisTakeoverScenarios
{
    [Fact]
    public void An_operator_that_starts_while_Prometheus_is_down_does_not_take_what_was_counted_before_for_an_answer()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 50", "analysis: {minDuration: 20m}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Verdict == Verdict.Pass);
        world.Prometheus.Trouble = new NoDataReason.Timeout();
        world.Prometheus.AnswerTime = TimeSpan.FromSeconds(30);
        world.Until(status => status.Release?.Verdict == Verdict.Inconclusive);
        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(20));

        world.StartOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Release!.Step!.Index.ShouldBe(1, "nothing was answered since");
        world.Prometheus.Trouble = null;
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void An_answer_about_the_revision_before_says_nothing_of_the_one_in_flight()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            Replicas = 2,
            Steps = ["setWeight: 50", "analysis: {minDuration: 2m}"],
            Analysis = """
                interval: 15s
                metrics:
                - name: latency
                  threshold: {query: 'scalar(latency)', max: "1", failures: 1}
                """,
        });
        world.Prometheus.AnswerTime = TimeSpan.FromSeconds(70);
        world.Prometheus.ThresholdValue = 2;
        world.Apply(v1.V(2));
        world.Cluster.RunUntil(() => world.Prometheus.Queries > 0, TimeSpan.FromMinutes(5));

        // It was asked of the second revision, and is answered when the third one is on its way.
        world.Prometheus.ThresholdValue = 0.5;
        world.Apply(v1.V(3));
        world.Until(status => status.LastRelease?.Name == "payments-3");

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
    }

    [Fact]
    public void An_operator_whose_clock_is_behind_takes_back_nothing_that_was_counted()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 50", "analysis: {minDuration: 20m}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Analysis is [{ Segments: [.., { ClosedAt: null } open] }] && open.To > open.From + TimeSpan.FromMinutes(3));
        var counted = world.Release!.Analysis[0].Segments[^1];
        world.KillOperator();
        world.StartOperator("sluice-behind", clock: new OperatorClock(world.Cluster.Time) { Skew = -TimeSpan.FromMinutes(2) });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, world.Pods[0].Metadata.Name!);
        world.Until(status => status.Release?.Analysis[0].Segments[^1].Ordinal > counted.Ordinal);

        var segment = world.Release!.Analysis[0].Segments.Single(segment => segment.Ordinal == counted.Ordinal);
        segment.To.ShouldBeGreaterThanOrEqualTo(counted.To);
        segment.Canary.Requests.ShouldBeGreaterThanOrEqualTo(counted.Canary.Requests);
        world.UntilEnded(Outcome.Promoted);
    }
}
