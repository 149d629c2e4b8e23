using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A gate waits for one Approve of this revision, and for nothing else.</summary>
public sealed class GateScenarios
{
    private static RolloutYaml Gated => new() { Steps = ["setWeight: 20", "gate: {name: qa}", "setWeight: 50", "gate: {name: business}"], Analysis = null };

    [Fact]
    public void A_gate_waits_without_end_for_an_Approve_of_this_revision()
    {
        using var world = AtGate(0);
        world.Cluster.RunFor(TimeSpan.FromHours(100));
        world.Status.Phase.ShouldBe(Phase.Paused);
        world.Condition("Reconciling")!.Reason.ShouldBe(Reasons.GateWaiting);
        world.Release!.Step!.Gate.ShouldBe("qa");

        Answer(world, DecisionAction.Approve, "business").ShouldSatisfyAllConditions(early => early.State.ShouldBe(DecisionState.Refused), early => early.Message!.ShouldContain("has not come there yet"));
        Answer(world, DecisionAction.Approve, "legal").Message.ShouldBe("the plan of release payments-2 has no gate legal, only qa, business");
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Approve, Gate = "qa", Revision = world.Status.Stable!.Revision })).State.ShouldBe(DecisionState.Superseded);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).Message.ShouldBe("gate qa waits for an Approve or a Reject");
        world.Release!.Step!.Index.ShouldBe(1);

        Answer(world, DecisionAction.Approve, "qa").State.ShouldBe(DecisionState.Applied);
        world.Until(status => status.Release?.Step?.Gate == "business");
        Answer(world, DecisionAction.Approve, "qa").State.ShouldBe(DecisionState.Late);
        Answer(world, DecisionAction.Approve, "business").State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.Releases[^1].Status!.Decisions.Select(decision => decision.Subject).ShouldBe(["gate/qa", "gate/business"]);
        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.Actor == ReleaseWorld.Alice && entry.Reason == "Approved");
    }

    [Fact]
    public void A_Reject_takes_the_release_back()
    {
        using var world = AtGate(0);

        Answer(world, DecisionAction.Reject, "business").State.ShouldBe(DecisionState.Refused);
        Answer(world, DecisionAction.Reject, "qa").State.ShouldBe(DecisionState.Applied);
        world.UntilEnded(Outcome.Aborted);

        world.Status.LastRelease!.Reason.ShouldBe(Reasons.GateRejected);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void An_Override_passes_a_gate_with_its_ticket_on_record()
    {
        using var world = AtGate(0);

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Override, Subject = "gate/qa", Ticket = "INC-1", Revision = world.Release!.Revision })).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status.Release?.Step?.Gate == "business");

        world.Release!.Decisions.ShouldHaveSingleItem().Ticket.ShouldBe("INC-1");
    }

    [Fact]
    public void A_new_revision_supersedes_a_release_at_its_gate_and_an_Approve_of_the_old_one_counts_nothing()
    {
        using var world = AtGate(0);
        var old = world.Release!.Revision;
        world.Apply(Gated.V(3));
        world.Until(status => status.Release is { Number: 3, Step.Gate: "qa" });

        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Approve, Gate = "qa", Revision = old })).State.ShouldBe(DecisionState.Superseded);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Release!.Step!.Gate.ShouldBe("qa");
    }

    private static ReleaseWorld AtGate(int gate)
    {
        var world = new ReleaseWorld();
        var v1 = world.Deployed(Gated);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == (2 * gate) + 1);
        return world;
    }

    private static DecisionStatus Answer(ReleaseWorld world, DecisionAction action, string gate) =>
        world.AnswerTo(world.Decide(new DecisionSpec { Action = action, Gate = gate, Revision = world.Release!.Revision }));
}
