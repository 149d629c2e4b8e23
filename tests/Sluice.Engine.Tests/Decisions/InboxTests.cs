using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Decisions;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Tests.Decisions;

public sealed class InboxTests
{
    public static TheoryData<DecisionAction> Actions => [.. Enum.GetValues<DecisionAction>()];

    [Theory]
    [MemberData(nameof(Actions))]
    public void Every_action_is_handled_while_nothing_was_ever_released(DecisionAction action)
    {
        var answer = RolloutEngine.Decide(Idle(Made(action, "d-1")), Given.Now).ShouldBeOfType<Decision.Transition>().Status.Decisions.ShouldHaveSingleItem();

        answer.State.ShouldBe(action == DecisionAction.Pause ? DecisionState.Applied : NeedsRevision(action) ? DecisionState.Superseded : DecisionState.Refused);
    }

    [Fact]
    public void An_action_that_nobody_handles_is_a_bug() =>
        Should.Throw<UnreachableException>(() => Inbox.Rule(null!, (DecisionAction)99));

    [Fact]
    public void The_effect_is_committed_first_and_the_answer_written_after_it_with_whatever_else_is_to_be_done()
    {
        var snapshot = Idle(Made(DecisionAction.Pause, "d-1"));

        var committed = RolloutEngine.Decide(snapshot, Given.Now).ShouldBeOfType<Decision.Transition>().Status;
        committed.PausedBy!.By.ShouldBe("alice");
        var next = RolloutEngine.Decide(snapshot with { Rollout = snapshot.Rollout with { Status = committed } }, Given.Now).ShouldBeOfType<Decision.Act>();

        next.Effects.OfType<Effect.AnswerDecision>().ShouldHaveSingleItem().Status.State.ShouldBe(DecisionState.Applied);
        next.Status.Decisions.ShouldBe(committed.Decisions);
    }

    [Fact]
    public void Decisions_are_taken_one_at_a_time_in_the_order_in_which_they_were_made()
    {
        var snapshot = Idle(Made(DecisionAction.Pause, "d-1"), Made(DecisionAction.Resume, "d-2"));

        var first = RolloutEngine.Decide(snapshot, Given.Now).ShouldBeOfType<Decision.Transition>().Status;
        var second = RolloutEngine.Decide(snapshot with { Rollout = snapshot.Rollout with { Status = first } }, Given.Now).ShouldBeOfType<Decision.Transition>().Status;

        first.PausedBy.ShouldNotBeNull();
        second.PausedBy.ShouldBeNull();
        second.Decisions.Select(answer => answer.Name).ShouldBe(["d-1", "d-2"]);
    }

    [Fact]
    public void No_more_answers_are_given_than_are_written()
    {
        var snapshot = Idle([.. Enumerable.Range(0, 100).Select(index => Made(DecisionAction.Resume, $"d-{index:000}"))]);
        var passes = 0;
        while (RolloutEngine.Decide(snapshot, Given.Now) is Decision.Transition transition)
        {
            snapshot = snapshot with { Rollout = snapshot.Rollout with { Status = transition.Status } };
            passes++;
        }

        passes.ShouldBe(16);
        snapshot.Rollout.Status!.Decisions.Count.ShouldBe(16);
    }

    [Fact]
    public void What_is_answered_is_forgotten_after_ten_others_and_what_is_not_never()
    {
        var open = Made(DecisionAction.Resume, "open");
        var snapshot = Idle(open);
        for (var index = 0; index < 30; index++)
        {
            snapshot = snapshot with { Decisions = [open, Made(DecisionAction.Resume, $"d-{index:000}")] };
            while (RolloutEngine.Decide(snapshot, Given.Now) is Decision.Transition transition) snapshot = snapshot with { Rollout = snapshot.Rollout with { Status = transition.Status } };
        }

        snapshot.Rollout.Status!.Decisions.Select(answer => answer.Name).ShouldBe(["open", .. Enumerable.Range(20, 10).Select(index => $"d-{index:000}")]);
    }

    [Fact]
    public void Where_proof_is_required_a_Decision_waits_until_it_is_known_and_counts_nothing_without_it()
    {
        var snapshot = Idle(Made(DecisionAction.Pause, "d-1"));

        RolloutEngine.Decide(snapshot with { Identity = new IdentityProof(IsEnforced: null, IsRequired: true) }, Given.Now)
            .ShouldBeOfType<Decision.Act>().ShouldSatisfyAllConditions(act => act.Status.Decisions.ShouldBeEmpty(), act => act.Effects.ShouldNotContain(effect => effect is Effect.AnswerDecision));
        var refused = RolloutEngine.Decide(snapshot with { Identity = new IdentityProof(IsEnforced: false, IsRequired: true) }, Given.Now).ShouldBeOfType<Decision.Transition>().Status;
        refused.Decisions.ShouldHaveSingleItem().State.ShouldBe(DecisionState.Refused);
        refused.PausedBy.ShouldBeNull();
    }

    [Theory]
    [InlineData(true, "no Decision is answered before it can")]
    [InlineData(false, "names in Decisions are not proven")]
    public void Why_it_is_not_known_is_said_where_nothing_was_known_before(bool isRequired, string consequence)
    {
        const string Obstacle = "in namespace bank: namespaces \"bank\" not found";
        var snapshot = Idle() with { Identity = new IdentityProof(IsEnforced: null, isRequired) { Obstacle = Obstacle } };
        var told = Identity(snapshot);
        told!.Status.ShouldBe("False");
        told.Message.ShouldBe($"whether the API server refuses Decisions in somebody else's name cannot be tried, and {consequence}: {Obstacle}");

        var known = new V1Condition { Type = ConditionTypes.IdentityEnforced, Status = "True", Reason = Reasons.ForgeryRefused };
        Identity(snapshot with { Rollout = snapshot.Rollout with { Status = snapshot.Rollout.Status! with { Conditions = [known] } } }).ShouldBe(known);
        Identity(snapshot with { Identity = snapshot.Identity with { Obstacle = null } }).ShouldBeNull("before the first trial nothing is said");

        static V1Condition? Identity(Snapshot snapshot) => RolloutEngine.Decide(snapshot, Given.Now).ShouldBeOfType<Decision.Act>()
            .Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.IdentityEnforced);
    }

    /// <summary>A Rollout with a status, before its first release.</summary>
    private static Snapshot Idle(params IReadOnlyList<Api.Decision> decisions)
    {
        var rollout = Given.Rollout("""{"paused": true}""");
        return Given.Snapshot(rollout with { Status = new RolloutStatus { Conditions = [new V1Condition { Type = "Ready", Status = "False" }] } }) with { Decisions = decisions };
    }

    private static bool NeedsRevision(DecisionAction action) =>
        action is DecisionAction.Continue or DecisionAction.PromoteFull or DecisionAction.Approve or DecisionAction.Reject or DecisionAction.Override;

    private static Api.Decision Made(DecisionAction action, string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = $"u-{name}", CreationTimestamp = Given.Now },
        Spec = new DecisionSpec
        {
            Rollout = "payments",
            Action = action,
            By = "alice",
            Reason = "because",
            Revision = NeedsRevision(action) ? "2222222222" : null,
            Gate = "qa",
            ToRelease = "payments-1",
            Subject = "gate/qa",
            Ticket = "INC-1",
        },
    };
}
