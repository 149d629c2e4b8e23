using Sluice.Api;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Prometheus stops answering in the middle of an analysis.</summary>
public sealed class SilentPrometheusScenarios
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
}
