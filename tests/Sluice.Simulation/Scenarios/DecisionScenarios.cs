using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>People decide about a release: what follows, what is recorded, and what is answered.</summary>
public sealed class DecisionScenarios
{
    private const string SlowExpand = """
        annotations: {sandbox.sluice.dev/duration: 2m}
        expand: {command: [./migrate, up]}
        """;

    public static TheoryData<string> Stages => ["Expanding", "Starting", "Stepping", "Promoting", "Soaking"];

    private static RolloutYaml Slow => new RolloutYaml { Soak = "10m", MaxSurge = "1", Steps = ["setWeight: 20", "pause: {duration: 5m}", "setWeight: 50"], Analysis = null }
        .With("sandbox.sluice.dev/ready-after", "20s");

    private static RolloutYaml Waiting => new() { Steps = ["setWeight: 20", "pause: {}", "setWeight: 50"], Analysis = null };

    [Theory]
    [MemberData(nameof(Stages))]
    public void An_Abort_takes_the_release_back_at_every_stage_and_its_revision_is_held(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Enum.Parse<Stage>(stage));

        var abort = world.Decide(new DecisionSpec { Action = DecisionAction.Abort, Reason = "checkout latency is up" });
        world.UntilEnded(Outcome.Aborted, TimeSpan.FromHours(1));

        world.AnswerTo(abort).State.ShouldBe(DecisionState.Applied);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Status.LastRelease!.ShouldSatisfyAllConditions(last => last.Held.ShouldBeTrue(), last => last.Reason.ShouldBe(Reasons.Aborted), last => last.Message.ShouldBe("aborted by alice@example.com: checkout latency is up"));
        var record = world.Releases[^1].Status!;
        record.Decisions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(decision => decision.By.ShouldBe(ReleaseWorld.Alice), decision => decision.Action.ShouldBe(DecisionAction.Abort), decision => decision.Reason.ShouldBe("checkout latency is up"));
        record.Timeline.ShouldContain(entry => entry.Actor == ReleaseWorld.Alice && entry.Reason == Reasons.Aborted);
        world.Events.All.ShouldContain(item => item.Kind == Rollout.KindName && item.Reason == "DecisionApplied");
        world.Events.All.ShouldContain(item => item.Kind == Api.Decision.KindName && item.Name == abort && item.Reason == "Applied");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void An_Abort_of_a_first_deployment_leaves_its_pods_to_be_looked_at()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml().With("sandbox.sluice.dev/crash", "true"));
        world.UntilStage(Stage.Promoting);

        var abort = world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.AnswerTo(abort).State.ShouldBe(DecisionState.Applied);
        world.Pods.Count.ShouldBe(10);
        world.Status.Phase.ShouldBe(Phase.Degraded);
    }

    [Fact]
    public void An_Abort_of_what_has_ended_is_late_and_changes_nothing()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml());

        var answer = world.AnswerTo(world.Decide(DecisionAction.Abort));

        answer.State.ShouldBe(DecisionState.Late);
        answer.Message.ShouldBe("release payments-1 has ended as Promoted");
        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Decision_about_a_Rollout_that_does_not_exist_is_refused_and_does_not_wait_for_one_of_that_name()
    {
        using var world = new ReleaseWorld();

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Pause })).ShouldSatisfyAllConditions(
            answer => answer.State.ShouldBe(DecisionState.Refused), answer => answer.Message.ShouldBe("there is no Rollout payments in shop"));

        world.Deployed(new RolloutYaml());
        world.Status.PausedBy.ShouldBeNull();
    }

    [Fact]
    public void A_Decision_on_another_release_or_revision_is_superseded()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Abort, Release = "payments-1" })).State.ShouldBe(DecisionState.Superseded);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Abort, Revision = before })).State.ShouldBe(DecisionState.Superseded);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.PromoteFull, Revision = before })).State.ShouldBe(DecisionState.Superseded);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Continue, Revision = before })).State.ShouldBe(DecisionState.Superseded);

        world.Release!.Step!.Index.ShouldBe(1);
        world.Release.Decisions.ShouldBeEmpty();
    }

    [Fact]
    public void An_Abort_made_while_no_operator_runs_counts_for_the_release_that_was_in_flight_then_and_never_for_the_next()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.KillOperator();
        var abort = world.Decide(DecisionAction.Abort);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Apply(v1.V(3) with { Steps = ["setWeight: 50"] });

        world.StartOperator();
        world.UntilHealthy();

        world.AnswerTo(abort).ShouldSatisfyAllConditions(answer => answer.State.ShouldBe(DecisionState.Applied), answer => answer.Release.ShouldBe("payments-2"));
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Aborted, Outcome.Promoted]);
    }

    [Theory]
    [InlineData("pause: {}")]
    [InlineData("pause: {duration: 10h}")]
    public void A_Continue_ends_the_present_pause(string pause)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", pause, "setWeight: 50", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Status.Phase.ShouldBe(Phase.Paused);

        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status.Release?.Step?.Index == 3);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Release!.Step!.Index.ShouldBe(3, "one Continue ends one pause");

        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
        world.Releases[^1].Status!.Decisions.Count.ShouldBe(2);
    }

    [Fact]
    public void A_Continue_ends_an_inconclusive_analysis_on_record_as_not_proven()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "analysis: {maxDuration: 5m}"] }.With("sandbox.sluice.dev/requests-per-second", "0"));
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Analysis);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).ShouldSatisfyAllConditions(
            early => early.State.ShouldBe(DecisionState.Refused), early => early.Message!.ShouldContain("still analysing"));

        world.Until(status => status.Release?.Reason == Reasons.AnalysisInconclusive);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.Actor == ReleaseWorld.Alice && entry.Message!.StartsWith("not proven", StringComparison.Ordinal));
    }

    [Fact]
    public void A_Continue_gives_pods_that_missed_their_deadline_as_long_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Extra = "onProgressDeadline: Pause\nprogressDeadlineSeconds: 60", Steps = ["setWeight: 20"], Analysis = null });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/unschedulable", "true"));
        world.Until(status => status.Release?.Reason == Reasons.ProgressDeadlineExceeded);

        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
        world.Status.Phase.ShouldBe(Phase.Progressing);
        world.Until(status => status.Release?.Reason == Reasons.ProgressDeadlineExceeded, TimeSpan.FromMinutes(3));
        world.AnswerTo(world.Decide(DecisionAction.Abort)).State.ShouldBe(DecisionState.Applied);
        world.UntilEnded(Outcome.Aborted);
    }

    [Theory]
    [InlineData("Starting")]
    [InlineData("Stepping")]
    public void PromoteFull_skips_the_steps_that_are_left_but_not_the_soak(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Soak = "10m" }.With("sandbox.sluice.dev/ready-after", "20s"));
        world.Apply(v1.V(2));
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.AnswerTo(world.Decide(DecisionAction.PromoteFull)).State.ShouldBe(DecisionState.Applied);
        world.UntilStage(Stage.Soaking, TimeSpan.FromMinutes(5));
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.Actor == ReleaseWorld.Alice && entry.To == "Promoting");
    }

    [Fact]
    public void PromoteFull_never_skips_a_migration()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Stage.Expanding);

        var answer = world.AnswerTo(world.Decide(DecisionAction.PromoteFull));

        answer.State.ShouldBe(DecisionState.Refused);
        answer.Message!.ShouldContain("migration");
    }

    [Fact]
    public void PromoteFull_never_passes_a_failed_metric()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 50", "pause: {}"] });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "30%"));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.KillOperator();
        var promote = world.Decide(DecisionAction.PromoteFull);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.StartOperator();
        world.UntilEnded(Outcome.RolledBack);

        world.AnswerTo(promote).State.ShouldBeOneOf(DecisionState.Refused, DecisionState.Applied, DecisionState.Late);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Theory]
    [InlineData("Abort, Retry, PromoteFull", "Applied Late, Applied Refused, Applied Late")]
    [InlineData("Abort, PromoteFull, Retry", "Applied Late, Late Late, Applied Refused")]
    [InlineData("Retry, Abort, PromoteFull", "Refused Refused, Applied Late, Late Late")]
    [InlineData("Retry, PromoteFull, Abort", "Refused Refused, Applied Late, Late Late")]
    [InlineData("PromoteFull, Abort, Retry", "Applied Late, Late Late, Refused Refused")]
    [InlineData("PromoteFull, Retry, Abort", "Applied Late, Refused Refused, Late Late")]
    public void Abort_Retry_and_PromoteFull_in_every_order_each_made_twice(string actions, string answers)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        var given = new List<string>();
        foreach (var action in actions.Split(", ").Select(Enum.Parse<DecisionAction>))
        {
            var (first, second) = (world.Decide(action), world.Decide(action));
            given.Add($"{world.AnswerTo(first).State} {world.AnswerTo(second).State}");
            world.Until(status => status.Release is null or { Step.Index: 1 } && (status.Release is not null || status.LastRelease is { Held: true } || status.Phase == Phase.Healthy));
        }

        string.Join(", ", given).ShouldBe(answers);
        world.RunningImages.Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(DecisionAction.Abort)]
    [InlineData(DecisionAction.PromoteFull)]
    public void Of_two_Decisions_at_once_the_one_made_first_counts_and_the_other_is_answered(DecisionAction first)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        var second = first == DecisionAction.Abort ? DecisionAction.PromoteFull : DecisionAction.Abort;
        world.KillOperator();
        var (one, two) = (world.Decide(first), world.Decide(second));

        world.StartOperator();
        world.Until(status => status.Release is null);

        world.AnswerTo(one).State.ShouldBe(DecisionState.Applied);
        world.AnswerTo(two).State.ShouldBe(first == DecisionAction.Abort ? DecisionState.Late : DecisionState.Applied);
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Aborted);
    }

    [Fact]
    public void A_Retry_releases_the_revision_again_from_its_first_step_and_does_not_replay_its_migration()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2) with { Migration = "expand: {command: [./migrate, up]}" });
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Retry, By = "bob@example.com", Reason = "it was the network" })).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Release!.ShouldSatisfyAllConditions(
            release => release.Name.ShouldBe("payments-3"),
            release => release.ChangedBy.ShouldBe("bob@example.com"),
            release => release.Cause.ShouldBe("it was the network"),
            release => release.Decisions.ShouldHaveSingleItem().Action.ShouldBe(DecisionAction.Retry));
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
        world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Skipped], ignoreOrder: true);
    }

    [Fact]
    public void Names_that_nobody_proves_count_nothing_where_proof_is_required()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Waiting);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Identity.Become(new(IsEnforced: null, IsRequired: true));
        var early = world.Decide(DecisionAction.Continue);
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));
        world.Decisions.ShouldHaveSingleItem().Status?.State.ShouldBeNull("while nothing is known the Decision waits");

        world.Identity.Become(new(IsEnforced: false, IsRequired: true));
        world.AnswerTo(early).State.ShouldBe(DecisionState.Refused);
        world.Condition(ConditionTypes.IdentityEnforced)!.Status.ShouldBe("False");

        world.Identity.Become(new(IsEnforced: true, IsRequired: true));
        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();
        world.Condition(ConditionTypes.IdentityEnforced)!.Status.ShouldBe("True");
    }

    [Fact]
    public void A_healthy_Rollout_is_written_once_when_names_become_proven_and_not_when_an_operator_starts_anew()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 1 });
        world.Identity.Become(new(IsEnforced: true, IsRequired: false));
        world.ShouldBeAtRest();
        var writes = world.Writes;

        world.KillOperator();
        world.Identity.Become(new(IsEnforced: null, IsRequired: false));
        world.StartOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Identity.Become(new(IsEnforced: true, IsRequired: false));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Writes.ShouldBe(writes);
        world.Condition(ConditionTypes.IdentityEnforced)!.Status.ShouldBe("True");
    }
}
