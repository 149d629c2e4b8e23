using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Tests.Releases;

public sealed class SituationTests
{
    public static TheoryData<string> Cases => [.. typeof(Situation).GetNestedTypes().Select(type => type.Name)];

    public static TheoryData<Stage> Stages => [.. Enum.GetValues<Stage>()];

    // The cases are told apart before any of them looks at its data: whatever else it throws for want of some, this one is handled.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_situation_is_handled(string name)
    {
        var situation = (Situation)RuntimeHelpers.GetUninitializedObject(typeof(Situation).GetNestedType(name)!);

        Record.Exception(() => RolloutEngine.Decide(null!, situation)).ShouldNotBeOfType<UnreachableException>();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Every_stage_is_a_situation_and_decided_without_an_error(Stage stage) => Should.NotThrow(() => RolloutEngine.Decide(InFlight(stage), Given.Now));

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_stage_whose_canary_somebody_took_from_the_status_is_decided_too(Stage stage)
    {
        var snapshot = InFlight(stage);

        var decision = RolloutEngine.Decide(snapshot with { Rollout = snapshot.Rollout with { Status = snapshot.Rollout.Status! with { Canary = null } } }, Given.Now);

        (decision is Decision.Transition { Status: { Canary: null, Release.Stage: Stage.Starting or Stage.Stepping or Stage.Promoting } }).ShouldBeFalse("it is there again with the next stage");
    }

    [Fact]
    public void A_first_deployment_that_the_API_server_refused_is_not_begun_again_though_an_open_Release_is_left()
    {
        var rollout = Given.Rollout() with { Status = new RolloutStatus { RefusedGeneration = 1 } };
        var revision = Engine.Plans.Revision.Of(Engine.Plans.PlanSource.Of(rollout)).Name;

        var decision = RolloutEngine.Decide(Given.Snapshot(rollout, releases: [Given.Release(rollout, 1, revision, outcome: null)]), Given.Now);

        decision.ShouldBeOfType<Decision.Transition>().Status.Release.ShouldBeNull();
    }

    [Fact]
    public void A_rollback_without_a_revision_to_go_back_to_ends()
    {
        var rollout = Given.Rollout() with { Status = new RolloutStatus { Release = new ReleaseProgress { Name = "payments-1", Number = 1, Revision = "0123456789", Stage = Stage.RollingBack, StartedAt = Given.Now } } };

        var ended = RolloutEngine.Decide(Given.Snapshot(rollout, [Given.Set("0123456789", 10, available: 0)]), Given.Now).ShouldBeOfType<Decision.Transition>().Status.Release!;

        (ended.Stage, ended.Outcome).ShouldBe((Stage.Finishing, Outcome.Failed));
    }

    [Fact]
    public void A_Release_left_open_is_closed_once_nothing_is_in_flight()
    {
        var rollout = Given.Rollout();
        var revision = Engine.Plans.Revision.Of(Engine.Plans.PlanSource.Of(rollout)).Name;
        var known = rollout with { Status = new RolloutStatus { Stable = new StableStatus { Revision = revision } } };

        var decision = RolloutEngine.Decide(
            Given.Snapshot(known, [Given.Set(revision, 10)], [Given.Release(rollout, 1, revision), Given.Release(Given.Rollout("""{"template": {"metadata": {"labels": {"other": "yes"}}}}"""), 2, "1111111111", outcome: null)]), Given.Now);

        decision.ShouldBeOfType<Decision.Act>().Effects.ShouldHaveSingleItem().ShouldBeOfType<Effect.FinishRelease>().Status.Outcome.ShouldBe(Outcome.Superseded);
    }

    private static Engine.Observed.Snapshot InFlight(Stage stage)
    {
        var rollout = Given.Rollout();
        var revision = Engine.Plans.Revision.Of(Engine.Plans.PlanSource.Of(rollout)).Name;
        var status = new RolloutStatus
        {
            Stable = new StableStatus { Revision = "0000000000" },
            Canary = new CanaryStatus { Revision = revision },
            Release = new ReleaseProgress
            {
                Name = "payments-2",
                Number = 2,
                Revision = revision,
                PreviousRevision = "0000000000",
                Stage = stage,
                StartedAt = Given.Now,
                StageStartedAt = Given.Now,
                Step = stage == Stage.Stepping ? new StepStatus { Index = 0, Of = 3, Kind = StepKind.SetWeight, StartedAt = Given.Now } : null,
            },
        };
        return Given.Snapshot(
            rollout with { Status = status },
            [Given.Set("0000000000", 10)],
            [Given.Release(rollout, 1, "0000000000"), Given.Release(rollout, 2, revision, outcome: null)]);
    }
}
