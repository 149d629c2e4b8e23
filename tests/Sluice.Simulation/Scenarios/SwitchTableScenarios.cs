using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;
using static Sluice.Simulation.Scenarios.TrafficTable;

namespace Sluice.Simulation.Scenarios;

/// <summary>The versions behind the active and the preview Service after each write of the operator to one of them, along every way that a release can take.</summary>
public sealed class SwitchTableScenarios
{
    /// <summary>What happens once version 2 is in the spec, and what the operator writes from then on.</summary>
    private static readonly Dictionary<string, (Action<ReleaseWorld, RolloutYaml> Happens, string[] Writes)> Ways = new()
    {
        ["promoted in full"] = (
            (world, _) =>
            {
                UntilStep(world, 0);
                world.Decide(DecisionAction.PromoteFull);
                UntilPromoted(world, "payments-2");
            },
            ["v1 v2", "v2 v2"]),
        ["aborted on its preview"] = (
            (world, _) =>
            {
                UntilStep(world, 0);
                Abort(world);
            },
            ["v1 v2", "v1 v1"]),
        ["aborted in its soak"] = (
            (world, _) =>
            {
                world.UntilStage(Stage.Soaking);
                Abort(world);
            },
            ["v1 v2", "v2 v2", "v1 v2", "v1 v1"]),
        ["aborted and tried again"] = (
            (world, _) =>
            {
                UntilStep(world, 0);
                Abort(world);
                world.Decide(DecisionAction.Retry);
                UntilPromoted(world, "payments-3");
            },
            ["v1 v2", "v1 v1", "v1 v2", "v2 v2"]),
        ["overtaken on its preview"] = (
            (world, v1) =>
            {
                UntilStep(world, 0);
                world.Apply(v1.V(3));
                UntilPromoted(world, "payments-3");
            },
            ["v1 v2", "v1 v1", "v1 v3", "v3 v3"]),
        ["overtaken in its soak"] = (
            (world, v1) =>
            {
                world.UntilStage(Stage.Soaking);
                world.Apply(v1.V(3));
                UntilPromoted(world, "payments-3");
            },
            ["v1 v2", "v2 v2", "v2 v3", "v3 v3"]),
        ["taken back by the spec on its preview"] = (
            (world, v1) =>
            {
                UntilStep(world, 0);
                world.Apply(v1);
                world.UntilEnded(Outcome.Reverted);
            },
            ["v1 v2", "v1 v1"]),
        ["taken back by the spec within the delay"] = (
            (world, v1) =>
            {
                UntilPromoted(world, "payments-2");
                world.Apply(v1);
                UntilPromoted(world, "payments-3");
            },
            ["v1 v2", "v2 v2", "v1 v2", "v1 v1"]),
    };

    public static TheoryData<string> Cases => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_turn_leads_to_where_pods_are_ready(string way)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Replicas = 4, Soak = "5m", ScaleDownDelay = "10m" });
        var before = world.Traffic.Moments.Count;

        world.Apply(v1.V(2));
        world.Until(status => status.Release is not null);
        Ways[way].Happens(world, v1);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        WrittenSince(world, before).Select(moment => $"{moment.Stable} {moment.Canary}").ShouldBe(Ways[way].Writes);
        world.RunningImages.Distinct().Count().ShouldBe(1);
        world.ShouldBeAtRest();
    }
}
