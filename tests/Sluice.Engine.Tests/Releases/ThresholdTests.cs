using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Releases;

/// <summary>A threshold metric from look to look, with the status that each leaves to the next.</summary>
public sealed class ThresholdTests
{
    private const string Plan = """
        {
          "strategy": {"canary": {"steps": [{"setWeight": 20}, {"analysis": {"minDuration": "1m"}}, {"pause": {"duration": "1h"}}]}},
          "analysis": {"metrics": [{"name": "latency", "threshold": {"query": "q", "max": "10", "failures": 3}}]}
        }
        """;

    // x is a breach, . is good, ? no answer; a look every 15 s, the first one 15 s into the step; minDuration is a minute.
    [Theory]
    [InlineData("x x", Verdict.Inconclusive)]
    [InlineData("x x x", Verdict.Fail)]
    [InlineData("x x . x x", Verdict.Inconclusive)]
    [InlineData("x x ? x", Verdict.Fail)]
    [InlineData(". . .", Verdict.Inconclusive)]
    [InlineData(". . . .", Verdict.Pass)]
    [InlineData(". . . x . . .", Verdict.Inconclusive)]
    [InlineData(". . . x . . . .", Verdict.Pass)]
    [InlineData("? ? ? ? ?", Verdict.Inconclusive)]
    public void A_row_of_measurements_gives_its_verdict(string row, Verdict verdict)
    {
        var (rollout, now) = (InStep(1, StepKind.Analysis), Given.Now);
        foreach (var symbol in row.Split(' '))
        {
            now += TimeSpan.FromSeconds(15);
            rollout = Look(rollout, symbol, now);
        }

        rollout.Status!.Release!.Analysis[0].Verdict.ShouldBe(verdict);
    }

    [Fact]
    public void The_same_measurement_seen_again_counts_once()
    {
        var rollout = InStep(1, StepKind.Analysis);
        for (var look = 0; look < 5; look++) rollout = Look(rollout, "x", Given.Now.AddSeconds(15));

        rollout.Status!.Release!.Analysis[0].ConsecutiveBreaches.ShouldBe(1);
    }

    [Fact]
    public void Outside_of_an_analysis_step_nothing_passes_anew_and_breaches_still_fail()
    {
        var rollout = InStep(2, StepKind.Pause);
        for (var look = 1; look < 10; look++) rollout = Look(rollout, ".", Given.Now.AddSeconds(15 * look));
        rollout.Status!.Release!.Analysis[0].Verdict.ShouldBe(Verdict.Inconclusive);

        for (var look = 10; look < 13; look++) rollout = Look(rollout, "x", Given.Now.AddSeconds(15 * look));
        rollout.Status!.Release!.Analysis[0].Verdict.ShouldBe(Verdict.Fail);
        rollout.Status.Release.Stage.ShouldBe(Stage.RollingBack);
    }

    private static Rollout InStep(int index, StepKind kind)
    {
        var rollout = Given.Rollout(Plan);
        var revision = Revision.Of(PlanSource.Of(rollout)).Name;
        return rollout with
        {
            Status = new RolloutStatus
            {
                Stable = new StableStatus { Revision = "0000000000" },
                Canary = new CanaryStatus { Revision = revision, Weight = 20 },
                Release = new ReleaseProgress
                {
                    Name = "payments-2",
                    Number = 2,
                    Revision = revision,
                    PreviousRevision = "0000000000",
                    Stage = Stage.Stepping,
                    StartedAt = Given.Now,
                    StageStartedAt = Given.Now,
                    Step = new StepStatus { Index = index, Of = 3, Kind = kind, StartedAt = Given.Now, Deadline = Given.Now.AddHours(1) },
                },
            },
        };
    }

    /// <summary>One reconcile: decides until there is nothing more to change, with the same measurement in view.</summary>
    private static Rollout Look(Rollout rollout, string symbol, DateTimeOffset now)
    {
        if (rollout.Status!.Release is not { } release) return rollout;

        Measurement value = symbol == "?" ? new Measurement.NoData(NoDataReason.Timeout) : new Measurement.Scalar(now, symbol == "x" ? 11 : 5);
        var measured = new Measured { Metric = "latency", Kind = MeasurementKind.Running, FinishedAt = now, Value = value };
        for (var pass = 0; pass < 10; pass++)
        {
            var snapshot = Given.Snapshot(
                rollout,
                [Given.Set("0000000000", 8), Given.Set(release.Revision, 2)],
                [Given.Release(rollout, 2, release.Revision, outcome: null)]) with
            { Measurements = [measured] };
            switch (RolloutEngine.Decide(snapshot, now))
            {
                // The next step is not of interest here: its own looks would judge by its own conditions.
                case Decision.Transition { Status.Release: { Stage: Stage.Stepping } moved } when moved.Step!.Index != release.Step?.Index:
                    return rollout;
                case Decision.Transition transition:
                    rollout = rollout with { Status = transition.Status };
                    break;
                case Decision.Act act:
                    return rollout with { Status = act.Status };
            }
        }

        throw new InvalidOperationException("transitions without an end");
    }
}
