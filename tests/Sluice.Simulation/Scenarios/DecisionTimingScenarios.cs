using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Decisions that have to wait, for nobody can tell yet who makes them; what has happened meanwhile counts.</summary>
public sealed class DecisionTimingScenarios
{
    private static readonly RolloutYaml Pausing = new() { Replicas = 2, Steps = ["setWeight: 50", "pause: {}"], Analysis = null };

    [Fact]
    public void Of_Decisions_that_waited_the_oldest_is_answered_first_and_none_is_about_a_later_release()
    {
        using var world = new ReleaseWorld();
        NamesAre(world, isEnforced: null);
        var v1 = world.Deployed(Pausing);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var abort = world.Decide(new DecisionSpec { Action = DecisionAction.Abort });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        world.Apply(v1.V(3));
        world.Until(status => status.Release is { Number: 3, Step.Kind: StepKind.Pause });

        // Their names are in another order than their times.
        foreach (var (action, name) in new[] { (DecisionAction.Pause, "third"), (DecisionAction.Resume, "second"), (DecisionAction.Continue, "first") })
        {
            world.Cluster.RunFor(TimeSpan.FromSeconds(5));
            world.Decide(new DecisionSpec { Action = action, Revision = world.Release!.Revision }, name);
        }

        NamesAre(world, isEnforced: true);

        world.AnswerTo(abort).State.ShouldBe(DecisionState.Superseded);
        foreach (var name in new[] { "third", "second", "first" }) world.AnswerTo(name).State.ShouldBe(DecisionState.Applied);
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void Of_Decisions_of_one_second_the_one_that_was_made_first_is_answered_first_whatever_their_names_are()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.KillOperator();

        // As random as the names that generateName gives.
        string[] names = ["payments-zkq2x", "payments-m4v7d", "payments-b8x2k"];
        foreach (var (action, name) in new[] { DecisionAction.Pause, DecisionAction.Resume, DecisionAction.Continue }.Zip(names))
        {
            world.Decide(new DecisionSpec { Action = action, Revision = world.Release!.Revision }, name);
        }

        world.StartOperator();

        foreach (var name in names) world.AnswerTo(name).State.ShouldBe(DecisionState.Applied, name);
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void A_Continue_that_comes_together_with_the_end_of_a_pause_ends_an_inconclusive_analysis()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "analysis: {maxDuration: 5m}"] }.With("sandbox.sluice.dev/requests-per-second", "0"));
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Reason == Reasons.AnalysisInconclusive);
        world.AnswerTo(world.Decide(DecisionAction.Pause)).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var (resume, onward) = (world.Decide(DecisionAction.Resume), world.Decide(DecisionAction.Continue));

        world.AnswerTo(resume).State.ShouldBe(DecisionState.Applied);
        world.AnswerTo(onward).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();
        world.Releases[^1].Status!.Timeline.Count(entry => entry.Reason == Reasons.AnalysisInconclusive).ShouldBe(1, "it is asked once");
    }

    [Fact]
    public void A_release_is_not_promoted_by_a_Decision_that_comes_together_with_the_answer_that_fails_a_metric()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing with
        {
            Steps = ["setWeight: 50", "analysis: {minDuration: 5m}"],
            Analysis = """
                interval: 15s
                metrics:
                - name: latency
                  threshold: {query: 'scalar(latency)', max: "1", failures: 2}
                """,
        });
        NamesAre(world, isEnforced: null);
        world.Prometheus.ThresholdValue = 2;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Analysis is [{ ConsecutiveBreaches: 1 }]);
        var decision = world.Decide(DecisionAction.PromoteFull);
        world.Cluster.RunUntil(() => HasFailedUnseen(world), TimeSpan.FromMinutes(1));

        NamesAre(world, isEnforced: true);

        world.AnswerTo(decision).State.ShouldBe(DecisionState.Refused);
        world.UntilEnded(Outcome.RolledBack);
    }

    private static void NamesAre(ReleaseWorld world, bool? isEnforced) => world.Identity.Become(new IdentityProof(isEnforced, IsRequired: true));

    /// <summary>The second breach is measured, and the operator has not looked at it.</summary>
    private static bool HasFailedUnseen(ReleaseWorld world) =>
        world.Release!.Analysis is [{ ConsecutiveBreaches: 1, MeasuredAt: { } seen }]
        && world.Prometheus.Latest(world.Rollout.Metadata.Uid!).Any(answer => answer.At >= seen.AddSeconds(1) && answer.Value is MeasurementValue.Scalar { Value: > 1 });
}
