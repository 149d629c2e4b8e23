using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.TrafficTable;

namespace Sluice.Simulation.Scenarios;

/// <summary>
/// Where the traffic goes after each write of the operator to a route or Service, along every way that a release can take and whatever the router: the weight of the
/// canary's Service, then the versions behind the stable Service and behind the canary's; of subsets likewise.
/// </summary>
public sealed class TrafficTableScenarios
{
    /// <summary>What happens once version 2 is in the spec, and what the operator writes from then on.</summary>
    private static readonly Dictionary<string, (Action<ReleaseWorld, RolloutYaml> Happens, string[] Writes)> Ways = new()
    {
        ["promoted"] = (
            (world, _) => world.UntilEnded(Outcome.Promoted),
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "100 v1 v2", "100 v2 v2", "0 v2 v2"]),
        ["promoted in full"] = (
            (world, _) =>
            {
                UntilStep(world, 1);
                world.Decide(DecisionAction.PromoteFull);
                world.UntilEnded(Outcome.Promoted);
            },
            ["0 v1 v2", "20 v1 v2", "100 v1 v2", "100 v2 v2", "0 v2 v2"]),
        ["aborted at its first weight"] = (
            (world, _) =>
            {
                UntilStep(world, 1);
                Abort(world);
            },
            ["0 v1 v2", "20 v1 v2", "0 v1 v2", "0 v1 v1"]),
        ["aborted with all of the traffic"] = (
            (world, _) =>
            {
                world.Cluster.RunUntil(() => world.Traffic.Weight == 100, TimeSpan.FromMinutes(5));
                Abort(world);
            },
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "100 v1 v2", "0 v1 v2", "0 v1 v1"]),
        ["aborted as its soak begins"] = (
            (world, _) =>
            {
                world.UntilStage(Stage.Soaking);
                Abort(world);
            },
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "100 v1 v2", "100 v2 v2", "100 v1 v2", "0 v1 v2", "0 v1 v1"]),
        ["aborted in its soak"] = (
            (world, _) =>
            {
                world.UntilStage(Stage.Soaking);
                world.Cluster.RunFor(TimeSpan.FromMinutes(1));
                Abort(world);
            },
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "100 v1 v2", "100 v2 v2", "0 v2 v2", "0 v1 v2", "0 v1 v1"]),
        ["aborted and tried again"] = (
            (world, _) =>
            {
                UntilStep(world, 3);
                Abort(world);
                world.Decide(DecisionAction.Retry);
                world.UntilEnded(Outcome.Promoted);
            },
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "0 v1 v2", "0 v1 v1", "0 v1 v2", "20 v1 v2", "60 v1 v2", "100 v1 v2", "100 v2 v2", "0 v2 v2"]),
        ["overtaken by version 3"] = (
            (world, v1) =>
            {
                UntilStep(world, 3);
                world.Apply(v1.V(3));
                world.Until(status => status.LastRelease is { Name: "payments-3", Outcome: Outcome.Promoted });
            },
            ["0 v1 v2", "20 v1 v2", "60 v1 v2", "0 v1 v2", "0 v1 v1", "0 v1 v3", "20 v1 v3", "60 v1 v3", "100 v1 v3", "100 v3 v3", "0 v3 v3"]),
        ["taken back by the spec"] = (
            (world, v1) =>
            {
                UntilStep(world, 1);
                world.Apply(v1);
                world.UntilEnded(Outcome.Reverted);
            },
            ["0 v1 v2", "20 v1 v2", "0 v1 v2", "0 v1 v1"]),
        ["without replicas for a while"] = (
            (world, _) =>
            {
                UntilStep(world, 1);
                world.Patch("""{"spec":{"replicas":0,"paused":true}}""");
                world.Cluster.RunFor(TimeSpan.FromMinutes(1));
                world.Patch("""{"spec":{"replicas":5,"paused":false}}""");
                world.UntilEnded(Outcome.Promoted);
            },
            ["0 v1 v2", "20 v1 v2", "0 v1 v2", "0 v1 v1", "0 v1 v2", "60 v1 v2", "100 v1 v2", "100 v2 v2", "0 v2 v2"]),
        ["given more and less again"] = (
            (world, v1) =>
            {
                Abort(world);
                world.Apply(v1.V(3) with { Steps = ["setWeight: 100", "pause: {duration: 1m}", "setWeight: 30", "pause: {duration: 1m}"] });
                world.UntilEnded(Outcome.Promoted);
            },
            ["0 v1 v3", "100 v1 v3", "30 v1 v3", "100 v1 v3", "100 v3 v3", "0 v3 v3"]),
    };

    private static readonly Dictionary<string, (string Route, string Traffic)> Routers = new()
    {
        ["Gateway API"] = (RouteYaml.Route, RouteYaml.Traffic),
        ["Istio"] = (RouteYaml.VirtualService, RouteYaml.IstioTraffic),
        ["Istio, subsets"] = (RouteYaml.Subsets, RouteYaml.SubsetTraffic),
        ["ingress-nginx"] = (RouteYaml.Ingress, RouteYaml.NginxTraffic),
    };

    public static TheoryData<string, string> Cases => [.. from router in Routers.Keys from way in Ways.Keys select (router, way)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_write_leads_the_traffic_to_where_pods_are_ready(string router, string way)
    {
        using var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(Routers[router].Route);
        var v1 = world.Deployed(new RolloutYaml
        {
            Replicas = 5,
            Analysis = null,
            Soak = "5m",
            Steps = ["setWeight: 20", "pause: {duration: 1m}", "setWeight: 60", "pause: {duration: 1m}"],
            Traffic = Routers[router].Traffic,
        });
        var before = world.Traffic.Moments.Count;

        world.Apply(v1.V(2));
        world.Until(status => status.Release is not null);
        Ways[way].Happens(world, v1);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        WrittenSince(world, before).Select(moment => $"{moment.Weight} {moment.Stable} {moment.Canary}").ShouldBe(Ways[way].Writes);
        world.RunningImages.Distinct().Count().ShouldBe(1);
        world.ShouldBeAtRest();
    }
}
