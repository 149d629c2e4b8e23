using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Pause and Resume, beside <c>spec.paused</c>: either holds the Rollout.</summary>
public sealed class PauseScenarios
{
    public static TheoryData<string> Stages => ["Expanding", "Starting", "Stepping", "Promoting"];

    private static RolloutYaml Slow => new RolloutYaml { MaxSurge = "1", Steps = ["setWeight: 20", "pause: {duration: 5m}", "setWeight: 50"], Analysis = null }
        .With("sandbox.sluice.dev/ready-after", "20s");

    [Theory]
    [MemberData(nameof(Stages))]
    public void While_a_Pause_is_in_force_no_step_advances_and_a_Resume_goes_on(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 2m}\nexpand: {command: [./migrate, up]}" });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Pause, Reason = "lunch" })).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Release!.Stage.ShouldBe(Enum.Parse<Stage>(stage));
        world.Status.Phase.ShouldBe(Phase.Paused);
        world.Status.Message!.ShouldStartWith("paused by alice@example.com: lunch");

        world.AnswerTo(world.Decide(DecisionAction.Resume)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy(TimeSpan.FromHours(2));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Releases[^1].Status!.Decisions.Select(decision => decision.Action).ShouldBe([DecisionAction.Pause, DecisionAction.Resume]);
    }

    [Fact]
    public void Either_of_Pause_and_spec_paused_holds_and_each_is_taken_back_where_it_was_made()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.AnswerTo(world.Decide(DecisionAction.Resume)).ShouldSatisfyAllConditions(answer => answer.State.ShouldBe(DecisionState.Refused), answer => answer.Message.ShouldBe("nothing is paused"));

        world.Decide(DecisionAction.Pause);
        world.Patch("""{"spec":{"paused":true}}""");
        world.AnswerTo(world.Decide(DecisionAction.Pause)).Message.ShouldBe("it is paused already, by alice@example.com");
        world.AnswerTo(world.Decide(DecisionAction.Resume)).Message!.ShouldEndWith("spec.paused is still set");
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Status.Phase.ShouldBe(Phase.Paused);
        world.AnswerTo(world.Decide(DecisionAction.Resume)).Message!.ShouldContain("clear it where it was set");

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();
    }

    [Fact]
    public void Nothing_that_leads_on_is_accepted_while_paused_but_what_leads_back_is()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Decide(DecisionAction.Pause);

        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Refused);
        world.AnswerTo(world.Decide(DecisionAction.PromoteFull)).State.ShouldBe(DecisionState.Refused);
        world.AnswerTo(world.Decide(DecisionAction.Abort)).State.ShouldBe(DecisionState.Applied);
        world.UntilEnded(Outcome.Aborted);
    }

    [Fact]
    public void A_Pause_made_between_releases_keeps_the_next_one_from_starting()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Steps = [], Analysis = null });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Pause, Reason = "freeze" })).State.ShouldBe(DecisionState.Applied);
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Apply(v1.V(2) with { Replicas = 2 });
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Releases.Count.ShouldBe(1);
        world.Status.Message!.ShouldStartWith("paused by alice@example.com: freeze");

        world.Decide(new DecisionSpec { Action = DecisionAction.Resume });
        world.UntilHealthy();
        world.Releases.Count.ShouldBe(2);
    }

    [Fact]
    public void A_pause_of_a_part_of_a_second_is_not_cut_short_by_the_whole_seconds_of_a_status()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = ["setWeight: 50", "pause: {duration: 1500ms}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        (world.Release!.Step!.Deadline - world.Release.Step.StartedAt).ShouldBe(TimeSpan.FromSeconds(2));
        world.UntilHealthy();
    }

    [Fact]
    public void A_Pause_stops_no_rollback()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);

        world.AnswerTo(world.Decide(DecisionAction.Pause)).State.ShouldBe(DecisionState.Late);
        world.UntilEnded(Outcome.Aborted);
        world.Status.PausedBy.ShouldBeNull();
    }
}
