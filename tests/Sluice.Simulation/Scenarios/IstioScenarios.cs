using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What is particular to a VirtualService; the rest is as RouterScenarios has it.</summary>
public sealed class IstioScenarios
{
    private static readonly RolloutYaml V1 = new() { Analysis = null, Traffic = RouteYaml.IstioTraffic, Steps = ["setWeight: 20", "pause: {duration: 1m}", "setWeight: 50", "pause: {duration: 1m}"] };

    [Fact]
    public void The_traffic_follows_the_steps_and_goes_over_to_the_promoted_revision()
    {
        using var world = Deployed();
        var before = world.Status.Stable!.Revision;

        world.Apply(V1.V(2));
        world.UntilHealthy();

        var after = world.Status.Stable!.Revision;
        world.Traffic.Moments.Skip(2).Select(moment => (moment.Weight, moment.Stable, moment.Canary)).ShouldBe(
            [(0, before, after), (20, before, after), (50, before, after), (100, before, after), (100, after, after), (0, after, after)]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_canary_with_errors_loses_the_traffic_that_the_weight_gave_it()
    {
        using var world = Deployed();
        var measured = new RolloutYaml { Traffic = RouteYaml.IstioTraffic };

        world.Apply(measured.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);

        world.Releases[^1].Status!.Analysis.Single().Segments.ShouldContain(segment => segment.Weight == 20 && segment.Canary.Requests > 0);
        world.Traffic.Weight.ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Of_named_routes_only_those_are_set_and_one_that_is_not_there_is_named()
    {
        using var world = Deployed();

        world.Apply(V1.V(2) with { Traffic = RouteYaml.IstioTraffic.Replace("Service: payments, stable", "Service: payments, routes: [everybody, nobody], stable", StringComparison.Ordinal) });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Release.ShouldBeNull();
        world.Status.Message!.ShouldContain("VirtualService payments has no HTTP route nobody with both Service payments and Service payments-canary as destinations");

        world.Apply(V1.V(2) with { Traffic = RouteYaml.IstioTraffic.Replace("Service: payments, stable", "Service: payments, routes: [everybody], stable", StringComparison.Ordinal) });
        world.Until(status => status.Canary?.ActualWeight == 50);
        world.Cluster.Get<V1Beta1VirtualService>(ReleaseWorld.Namespace, "payments")!.Spec!.Http![2].Route!.Select(to => to.Weight).ShouldBe([60, 40, 0]);
    }

    [Fact]
    public void A_named_route_that_is_gone_does_not_keep_the_others_from_going_back()
    {
        using var world = Deployed();
        world.Cluster.Kubectl.Apply(RouteYaml.VirtualService.Replace("name: testers", "name: partners", StringComparison.Ordinal)
            .Replace("route: [{destination: {host: payments-canary.shop.svc.cluster.local}}]", "route: [{destination: {host: payments}, weight: 100}, {destination: {host: payments-canary}, weight: 0}]", StringComparison.Ordinal));
        world.Apply(V1.V(2) with { Traffic = RouteYaml.IstioTraffic.Replace("Service: payments, stable", "Service: payments, routes: [everybody, partners], stable", StringComparison.Ordinal) });
        world.Until(status => status.Canary?.ActualWeight == 20);
        world.Cluster.Kubectl.Apply(RouteYaml.VirtualService.Replace("weight: 100}", "weight: 80}", StringComparison.Ordinal).Replace("set: {x-canary: \"yes\"}}}}", "set: {x-canary: \"yes\"}}}, weight: 20}", StringComparison.Ordinal));
        world.Traffic.Weight.ShouldBe(20);

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(5));

        world.Traffic.Weight.ShouldBe(0);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    private static ReleaseWorld Deployed()
    {
        var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.VirtualService);
        world.Deployed(V1);
        return world;
    }
}
