using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Decisions;

/// <summary>Which release a Decision is about: release 1 ended and release 2 began at the times of each case.</summary>
public sealed class BindingTests
{
    private static readonly DateTimeOffset Now = Given.Now;

    [Theory]
    [InlineData(10, 20, 15, false)]
    [InlineData(10, 20, 20, true)]
    [InlineData(10, 20, 21, true)]
    [InlineData(20, 20, 20, false)]
    [InlineData(20, 20, 21, true)]
    [InlineData(20, 20, 19, false)]
    public void It_is_the_one_that_existed_when_the_Decision_was_made(int firstEnded, int secondBegan, int made, bool isAboutTheSecond)
    {
        var answer = Judge(InFlight(firstEnded, secondBegan), new DecisionSpec { Action = DecisionAction.Abort }, made);

        answer.State.ShouldBe(isAboutTheSecond ? DecisionState.Applied : DecisionState.Superseded);
    }

    [Fact]
    public void In_the_second_of_both_the_revision_that_is_named_tells_which_is_meant() =>
        Judge(InFlight(20, 20), new DecisionSpec { Action = DecisionAction.Abort, Revision = "2222222222" }, made: 20).State.ShouldBe(DecisionState.Applied);

    [Theory]
    [InlineData("payments-2", DecisionState.Applied)]
    [InlineData("payments-1", DecisionState.Superseded)]
    [InlineData("payments-3", DecisionState.Superseded)]
    public void It_is_the_one_that_is_named(string release, DecisionState expected) =>
        Judge(InFlight(10, 20), new DecisionSpec { Action = DecisionAction.Abort, Release = release }, made: 1).State.ShouldBe(expected);

    [Theory]
    [InlineData("2222222222", DecisionState.Applied)]
    [InlineData("1111111111", DecisionState.Superseded)]
    public void Another_revision_than_the_present_one_is_never_decided_about(string revision, DecisionState expected) =>
        Judge(InFlight(10, 20), new DecisionSpec { Action = DecisionAction.PromoteFull, Revision = revision }, made: 30).State.ShouldBe(expected);

    [Theory]
    [InlineData(null, null, DecisionState.Applied)]
    [InlineData("payments-1", null, DecisionState.Superseded)]
    [InlineData(null, "1111111111", DecisionState.Superseded)]
    public void Before_the_first_release_a_Decision_is_about_none_and_no_revision(string? release, string? revision, DecisionState expected) =>
        Judge(Given.Snapshot(Given.Rollout()), new DecisionSpec { Action = DecisionAction.Pause, Release = release, Revision = revision }, made: 1).State.ShouldBe(expected);

    [Theory]
    [InlineData(4, null, DecisionState.Superseded)]
    [InlineData(4, "payments-2", DecisionState.Superseded)]
    [InlineData(5, "payments-2", DecisionState.Applied)]
    public void It_is_none_of_a_Rollout_that_was_made_anew_after_the_Decision(int made, string? release, DecisionState expected)
    {
        var world = InFlight(10, 20);
        var anew = world.Rollout with { Metadata = world.Rollout.Metadata with { CreationTimestamp = Now.AddSeconds(5) } };

        Judge(world with { Rollout = anew }, new DecisionSpec { Action = DecisionAction.Abort, Release = release }, made).State.ShouldBe(expected);
    }

    [Theory]
    [InlineData(4, DecisionState.Superseded)]
    [InlineData(5, DecisionState.Applied)]
    public void One_that_is_older_than_the_Rollout_does_not_pause_its_first_release(int made, DecisionState expected)
    {
        var rollout = Given.Rollout();
        var anew = rollout with { Metadata = rollout.Metadata with { CreationTimestamp = Now.AddSeconds(5) } };

        Judge(Given.Snapshot(anew), new DecisionSpec { Action = DecisionAction.Pause }, made).State.ShouldBe(expected);
    }

    [Fact]
    public void Before_the_Release_is_recorded_nothing_is_said_of_a_Decision()
    {
        var world = InFlight(10, 20);
        var pending = world.Rollout.Status! with { Release = world.Rollout.Status.Release! with { Stage = Stage.Pending, Step = null } };
        var snapshot = world with { Rollout = world.Rollout with { Status = pending }, Releases = [world.Releases[0]] };

        RolloutEngine.Decide(snapshot with { Decisions = [Made(new DecisionSpec { Action = DecisionAction.Abort }, 30)] }, Now.AddSeconds(40))
            .ShouldBeOfType<Decision.Transition>().Status.ShouldSatisfyAllConditions(status => status.Decisions.ShouldBeEmpty(), status => status.Release.ShouldBeNull("it was withdrawn: the spec asks for another revision"));
    }

    [Theory]
    [InlineData("action")]
    [InlineData("by")]
    [InlineData("revision")]
    [InlineData("gate")]
    [InlineData("toRelease")]
    [InlineData("subject")]
    [InlineData("ticket")]
    public void What_the_schema_requires_is_required_here_too(string field)
    {
        var spec = field switch
        {
            "action" => new DecisionSpec(),
            "by" => new DecisionSpec { Action = DecisionAction.Abort },
            "revision" => new DecisionSpec { Action = DecisionAction.Continue },
            "gate" => new DecisionSpec { Action = DecisionAction.Approve, Revision = "2222222222" },
            "toRelease" => new DecisionSpec { Action = DecisionAction.RollBack },
            "subject" => new DecisionSpec { Action = DecisionAction.Override, Revision = "2222222222", Ticket = "INC-1" },
            _ => new DecisionSpec { Action = DecisionAction.Override, Revision = "2222222222", Subject = "gate/qa" },
        };

        var answer = Judge(InFlight(10, 20), spec, made: 30, by: field == "by" ? "" : "alice");

        answer.State.ShouldBe(DecisionState.Refused);
        answer.Message.ShouldBe($"spec.{field} is required");
    }

    private static DecisionAnswer Judge(Snapshot world, DecisionSpec spec, int made, string by = "alice") => RolloutEngine.Decide(world with { Decisions = [Made(spec with { By = by }, made)] }, Now.AddSeconds(40))
        .ShouldBeOfType<Decision.Transition>().Status.Decisions.ShouldHaveSingleItem();

    private static Api.Decision Made(DecisionSpec spec, int seconds) => new()
    {
        Metadata = new V1ObjectMeta { Name = "d-1", Uid = "u-d-1", CreationTimestamp = Now.AddSeconds(seconds) },
        Spec = spec with { Rollout = "payments", Reason = "because" },
    };

    private static Snapshot InFlight(int firstEnded, int secondBegan)
    {
        var rollout = Given.Rollout("""{"migration": null}""");
        var first = Given.Release(rollout, 1, "1111111111");
        var second = Given.Release(rollout, 2, "2222222222", outcome: null);
        var status = new RolloutStatus
        {
            Stable = new StableStatus { Revision = "1111111111" },
            Canary = new CanaryStatus { Revision = "2222222222", Weight = 20 },
            LastRelease = new LastRelease { Name = "payments-1", Revision = "1111111111", Outcome = Outcome.Promoted, FinishedAt = Now.AddSeconds(firstEnded) },
            Release = new ReleaseProgress
            {
                Name = "payments-2",
                Number = 2,
                Revision = "2222222222",
                PreviousRevision = "1111111111",
                Stage = Stage.Stepping,
                StartedAt = Now.AddSeconds(secondBegan),
                StageStartedAt = Now.AddSeconds(secondBegan),
                Step = new StepStatus { Index = 0, Of = 3, Kind = StepKind.SetWeight, StartedAt = Now.AddSeconds(secondBegan) },
            },
        };
        return Given.Snapshot(
            rollout with { Status = status },
            [Given.Set("1111111111", 8), Given.Set("2222222222", 2)],
            [
                first with { Status = new ReleaseStatus { Outcome = Outcome.Promoted, FinishedAt = Now.AddSeconds(firstEnded) } },
                second with { Metadata = second.Metadata with { CreationTimestamp = Now.AddSeconds(secondBegan) } },
            ]);
    }
}
