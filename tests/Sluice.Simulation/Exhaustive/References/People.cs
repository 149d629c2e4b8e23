using Sluice.Api;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>What people decide.</summary>
internal static class People
{
    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("promote-full", SmallDeployed,
        [
            Apply(Small2 with { Steps = ["setWeight: 50", "pause: {}", "gate: {name: qa}"] }),
            new("Abort of a Rollout that is not there", IsPausing, world => world.Decide(new DecisionSpec { Rollout = "billing", Action = DecisionAction.Abort })),
            Decide(world => IsPausing(world) && AllAreAnswered(world), DecisionAction.PromoteFull),
        ])
        {
            Expected = world =>
            {
                Ends(2, Outcome.Promoted)(world);
                AnswersIn(world).ShouldBe([DecisionState.Refused, DecisionState.Applied]);
            },
        },
        new("abort-and-retry", SmallDeployed,
        [
            Apply(Small2 with { Steps = ["setWeight: 50", "pause: {duration: 15s}"] }),
            Decide(IsPausing, DecisionAction.Abort),
            Decide(HasEnded(Outcome.Aborted), DecisionAction.Retry),
        ])
        {
            Expected = Ends(2, Outcome.Aborted, Outcome.Promoted),
        },
        new("gate-approved", SmallDeployed,
        [
            Apply(Small2 with { Steps = ["gate: {name: qa}"] }),
            new("Approve", world => world.Release?.Step?.Gate == "qa", world => world.Decide(new DecisionSpec { Action = DecisionAction.Approve, Gate = "qa", Revision = world.Release!.Revision })),
        ])
        {
            Expected = Ends(2, Outcome.Promoted),
        },
        new("gate-rejected", SmallDeployed,
        [
            Apply(Small2 with { Steps = ["setWeight: 50", "gate: {name: qa}"] }),
            new("Approve", world => world.Release?.Stage == Stage.Starting, world => world.Decide(new DecisionSpec { Action = DecisionAction.Approve, Gate = "qa", Revision = world.Release!.Revision })),
            Decide(world => world.Release?.Step?.Gate == "qa" && AllAreAnswered(world), DecisionAction.Continue),
            new("Reject", world => world.Release?.Step?.Gate == "qa" && AllAreAnswered(world), world => world.Decide(new DecisionSpec { Action = DecisionAction.Reject, Gate = "qa", Revision = world.Release!.Revision })),
        ])
        {
            Expected = world =>
            {
                Ends(1, Outcome.Aborted)(world);
                AnswersIn(world).ShouldBe([DecisionState.Refused, DecisionState.Refused, DecisionState.Applied]);
            },
        },
        new("paused", SmallDeployed,
        [
            Apply(Small2),
            Decide(world => world.Release?.Stage == Stage.Starting, DecisionAction.Pause),
            Decide(world => world.Status is { Phase: Phase.Paused, PausedBy: not null }, DecisionAction.PromoteFull),
            Decide(world => world.Available(world.Release?.Revision) == 1 && AllAreAnswered(world), DecisionAction.Resume),
        ])
        {
            Expected = Ends(2, Outcome.Promoted),
        },
        new("rolled-back-to", world =>
        {
            SmallDeployed(world);
            world.Apply(Small1.V(3) with { Steps = ["pause: {}"] });
            world.Until(status => status.Release?.Step is not null);
            world.Decide(new DecisionSpec { Action = DecisionAction.Abort }, "earlier");
            world.UntilEnded(Outcome.Aborted);
            world.Deployed(Small1.V(2));
        },
        [
            new("RollBack to what was aborted", _ => true, world => world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-2" })),
            new("RollBack", AllAreAnswered, world => world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1" })),
        ])
        {
            Expected = world =>
            {
                world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
                world.Status.RolledBackTo!.Release.ShouldBe("payments-1");
            },
        },
    ];
}
