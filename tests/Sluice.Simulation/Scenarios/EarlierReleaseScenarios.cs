using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A person goes back to an earlier Release, though the spec asks for another revision.</summary>
public sealed class EarlierReleaseScenarios
{
    private static RolloutYaml Plan => new() { Replicas = 4, Steps = ["setWeight: 50"], Analysis = null };

    [Fact]
    public void A_RollBack_releases_the_earlier_template_by_the_present_plan_and_holds_the_revision_in_the_spec()
    {
        using var world = new ReleaseWorld();
        var (v1, v3) = ThreeReleases(world);

        world.AnswerTo(BackTo(world, "payments-1")).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.Status.Stable!.Revision.ShouldBe(v1);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.Status.Revision.ShouldBe(v3);
        world.Condition("Stalled")!.Reason.ShouldBe(Reasons.HeldByRollBack);
        var last = world.Releases[^1];
        last.Status!.Outcome.ShouldBe(Outcome.Promoted);
        last.Status.Timeline.Select(entry => entry.To).ShouldContain("Step 1");
        last.Status.ChangedBy.ShouldBe(ReleaseWorld.Alice);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Retry_ends_the_hold_and_releases_what_the_spec_asks_for()
    {
        using var world = new ReleaseWorld();
        var (_, v3) = ThreeReleases(world);
        BackTo(world, "payments-1");
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Retry, Revision = v3 })).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.Status.Stable!.Revision.ShouldBe(v3);
        world.Status.RolledBackTo.ShouldBeNull();
        var record = world.Releases[^1].Status!;
        (record.ChangedBy, record.Cause).ShouldBe((ReleaseWorld.Alice, "because"));
        record.Decisions.ShouldHaveSingleItem().Action.ShouldBe(DecisionAction.Retry);

        world.Apply(Plan.V(4));
        world.UntilHealthy();
        world.Releases[^1].Status!.Decisions.ShouldBeEmpty("a Retry is of one release");
    }

    [Fact]
    public void A_RollBack_or_a_Retry_of_a_paused_Rollout_is_told_that_it_waits_for_the_end_of_the_pause()
    {
        using var world = new ReleaseWorld();
        var (_, v3) = ThreeReleases(world);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.AnswerTo(world.Decide(DecisionAction.Pause)).State.ShouldBe(DecisionState.Applied);

        world.AnswerTo(BackTo(world, "payments-1")).Message!.ShouldEndWith("; nothing is released while the Rollout is paused (paused by alice@example.com: because)");
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Retry, Revision = v3 })).State.ShouldBe(DecisionState.Applied);
        world.AnswerTo(BackTo(world, "payments-1")).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);

        world.Decide(DecisionAction.Resume);
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_change_of_the_spec_ends_the_hold_and_so_does_the_spec_going_back_too()
    {
        using var world = new ReleaseWorld();
        ThreeReleases(world);
        BackTo(world, "payments-1");
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.Apply(Plan.V(1));
        world.UntilHealthy();
        world.Status.RolledBackTo.ShouldBeNull();
        world.Releases.Count.ShouldBe(4);

        world.Apply(Plan.V(3));
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
    }

    [Fact]
    public void A_RollBack_of_a_release_in_flight_to_stable_takes_it_back_and_holds_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.AnswerTo(BackTo(world, "payments-1")).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.Releases[^1].Status!.ShouldSatisfyAllConditions(status => status.Outcome.ShouldBe(Outcome.Reverted), status => status.Decisions.ShouldHaveSingleItem());
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
        world.Condition("Stalled")!.Reason.ShouldBe(Reasons.HeldByRollBack);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_RollBack_during_the_soak_goes_back_at_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Soak = "1h" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);

        BackTo(world, "payments-1");
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Reverted]);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_RollBack_to_an_older_Release_while_one_is_in_flight_goes_there_after_stable_is_restored()
    {
        using var world = new ReleaseWorld();
        ThreeReleases(world);
        world.Apply(Plan.V(4) with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Until(status => status.Release?.Step?.Index == 1);
        BackTo(world, "payments-2");
        world.Until(status => status.Release is { Number: 5, Step.Index: 1 });
        world.Decide(DecisionAction.Continue);

        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Promoted, Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
    }

    [Fact]
    public void What_is_no_promoted_Release_of_this_Rollout_is_no_way_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "InvalidImageName"));
        world.UntilEnded(Outcome.RolledBack);

        world.AnswerTo(BackTo(world, "payments-9")).Message.ShouldBe("there is no Release payments-9 of payments");
        world.AnswerTo(BackTo(world, "payments-2")).Message.ShouldBe("payments-2 was never promoted: it ended as RolledBack");
        world.Status.RolledBackTo.ShouldBeNull();
    }

    [Fact]
    public void The_Release_gone_back_to_outlives_the_history_limit()
    {
        using var world = new ReleaseWorld();
        ThreeReleases(world, "releaseHistoryLimit: 3\nrevisionHistoryLimit: 0");
        BackTo(world, "payments-1");
        world.Until(status => status is { Release: null, Phase: Phase.Degraded });

        world.Cluster.Kubectl.Delete<V1ReplicaSet>(ReleaseWorld.Namespace, world.SetOf(world.Status.Stable!.Revision)!.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    private static (string V1, string V3) ThreeReleases(ReleaseWorld world, string? extra = null)
    {
        world.Deployed(Plan with { Extra = extra });
        var v1 = world.Status.Stable!.Revision;
        world.Apply(Plan.V(2) with { Extra = extra });
        world.UntilHealthy();
        world.Apply(Plan.V(3) with { Extra = extra });
        world.UntilHealthy();
        return (v1, world.Status.Stable!.Revision);
    }

    private static string BackTo(ReleaseWorld world, string release) => world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = release, Reason = "v3 is slow" });
}
