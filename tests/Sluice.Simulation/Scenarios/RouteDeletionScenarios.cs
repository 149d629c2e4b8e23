using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Rollout that goes while its release leads traffic away from stable leaves a route and Services behind that lead to stable.</summary>
public sealed class RouteDeletionScenarios
{
    public static TheoryData<string, Stage> Cases =>
        [.. from router in (string[])["gatewayAPI", "istio", "subsets", "nginx", "blueGreen"] from stage in (Stage[])[Stage.Starting, Stage.Stepping, Stage.Promoting, Stage.Soaking, Stage.RollingBack] select (router, stage)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Deleted_at_any_stage_a_Rollout_leads_all_traffic_back_to_stable_before_it_goes(string router, Stage stage)
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, router, stage);
        var stable = world.Status.Stable!.Revision;
        var wasHeld = IsHeld(world);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(90));
        if (wasHeld) ShouldLeadTo(world, stable);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Pods.ShouldBeEmpty();
        if (wasHeld) ShouldLeadTo(world, stable);
        (world.Traffic.Weight ?? 0).ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData("gatewayAPI")]
    [InlineData("istio")]
    [InlineData("subsets")]
    [InlineData("nginx")]
    [InlineData("blueGreen")]
    public void A_Rollout_is_held_only_while_its_traffic_is_away_from_stable(string router)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = Routed(world, router);
        IsHeld(world).ShouldBeFalse();
        var isHeldInTime = true;
        world.Cluster.Observe(write => isHeldInTime &= !IsTurnedAway(world, write) || IsHeld(world));

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        IsHeld(world).ShouldBeTrue();
        world.UntilEnded(Outcome.Promoted);

        isHeldInTime.ShouldBeTrue("first the finalizer, then the traffic");
        IsHeld(world).ShouldBeFalse();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Rollout_at_rest_can_be_deleted_without_an_operator()
    {
        using var world = new ReleaseWorld(routes: true);
        Routed(world, "gatewayAPI");
        world.KillOperator();

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        world.Exists.ShouldBeFalse();
    }

    [Fact]
    public void One_that_is_deleted_while_no_operator_is_there_waits_for_the_next()
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, "gatewayAPI", Stage.Stepping);
        var stable = world.Status.Stable!.Revision;
        world.KillOperator();

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Exists.ShouldBeTrue();
        world.Pods.Count.ShouldBeGreaterThan(10);

        world.StartOperator();
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(30));
        ShouldLeadTo(world, stable);
    }

    [Fact]
    public void Pods_that_are_left_behind_serve_behind_their_Services()
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, "gatewayAPI", Stage.Stepping);
        var stable = world.Status.Stable!.Revision;

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, new DeleteOptions { PropagationPolicy = "Orphan" });
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(90));
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        ShouldLeadTo(world, stable);
        world.Traffic.Endpoints(RouteYaml.StableService).ShouldBe(10);
    }

    [Fact]
    public void Deleted_in_the_foreground_it_does_not_wait_for_pods_that_go_first()
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, "gatewayAPI", Stage.Stepping);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, new DeleteOptions { PropagationPolicy = "Foreground" });
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(150));

        world.Traffic.Weight.ShouldBe(0);
        world.Pods.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("route")]
    [InlineData("services")]
    [InlineData("both")]
    public void What_is_gone_already_holds_nobody_up(string gone)
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, "gatewayAPI", Stage.Stepping);
        if (gone is "route" or "both") world.Cluster.Kubectl.Delete<V1HTTPRoute>(ReleaseWorld.Namespace, "payments");
        if (gone is "services" or "both")
        {
            world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, RouteYaml.StableService);
            world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, RouteYaml.CanaryService);
        }

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(90));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Pods.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(403, 10)]
    [InlineData(500, 700)]
    public void What_the_API_server_does_not_let_the_operator_do_does_not_hold_it_up_for_good(int code, int withinSeconds)
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, "gatewayAPI", Stage.Stepping);
        world.Cluster.Server.Hooks.BeforeCommit = request =>
            request is { Method: "PATCH" } && request.Path.Contains("httproutes", StringComparison.Ordinal) ? ApiResponse.Failure(new ApiStatus(code, code == 403 ? "Forbidden" : "InternalError", "not now")) : null;

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromSeconds(withinSeconds));

        world.Events.All.ShouldContain(told => told.Reason == "TrafficNotSetBack");
    }

    [Theory]
    [InlineData("gatewayAPI")]
    [InlineData("blueGreen")]
    public void A_namespace_that_is_deleted_is_emptied(string router)
    {
        using var world = new ReleaseWorld(routes: true);
        Released(world, router, Stage.Stepping);

        world.Cluster.Kubectl.Delete<V1Namespace>(null, ReleaseWorld.Namespace);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        world.Cluster.Kubectl.Get<V1Namespace>(null, ReleaseWorld.Namespace).ShouldBeNull();
        world.Exists.ShouldBeFalse();
    }

    [Fact]
    public void A_finalizer_of_somebody_else_stays()
    {
        using var world = new ReleaseWorld(routes: true);
        Routed(world, "gatewayAPI");
        world.Patch("""{"metadata":{"finalizers":["example.com/backup"]}}""");
        world.Apply(V1("gatewayAPI").V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Rollout.Metadata.Finalizers.ShouldBe(["example.com/backup", Finalizers.Rollout]);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Rollout.Metadata.Finalizers.ShouldBe(["example.com/backup"]);
        world.ShouldBeAtRest();
    }

    private static RolloutYaml V1(string router) => new()
    {
        Analysis = null,
        Soak = "10m",
        ScaleDownDelay = "10s",
        Steps = router == "blueGreen" ? ["pause: {duration: 1m}", "pause: {duration: 1m}"] : ["setWeight: 20", "pause: {duration: 1m}"],
        Traffic = router switch { "gatewayAPI" => RouteYaml.Traffic, "istio" => RouteYaml.IstioTraffic, "subsets" => RouteYaml.SubsetTraffic, "nginx" => RouteYaml.NginxTraffic, _ => null },
        BlueGreen = router == "blueGreen" ? RouteYaml.BlueGreen : null,
    };

    private static RolloutYaml Routed(ReleaseWorld world, string router)
    {
        world.Cluster.Kubectl.Apply(router == "subsets" ? RouteYaml.Subsets : RouteYaml.Services);
        if (router == "gatewayAPI") world.Cluster.Kubectl.Apply(RouteYaml.Route);
        if (router == "istio") world.Cluster.Kubectl.Apply(RouteYaml.VirtualService);
        if (router == "nginx") world.Cluster.Kubectl.Apply(RouteYaml.Ingress);
        return world.Deployed(V1(router));
    }

    private static void Released(ReleaseWorld world, string router, Stage stage)
    {
        world.Apply(Routed(world, router).V(2));
        if (stage == Stage.RollingBack)
        {
            world.UntilStage(Stage.Stepping);
            world.Cluster.RunFor(TimeSpan.FromSeconds(30));
            world.Decide(DecisionAction.Abort);
        }

        world.UntilStage(stage);
        if (stage is Stage.Stepping) world.Until(status => status.Release?.Step?.Index == 1);
    }

    private static bool IsHeld(ReleaseWorld world) => TrafficInvariants.IsHeld(world.Rollout);

    /// <summary>A write by which traffic, or a preview, leads to a revision that is not stable.</summary>
    private static bool IsTurnedAway(ReleaseWorld world, CommittedWrite write) =>
        write.Resource is "httproutes" or "virtualservices" or "destinationrules" or "ingresses" or "services"
        && (world.Traffic.Weight > 0 || new[] { world.Traffic.Stable, world.Traffic.Canary }.Any(revision => revision is not null && revision != world.Status.Stable?.Revision));

    private static void ShouldLeadTo(ReleaseWorld world, string revision)
    {
        (world.Traffic.Weight ?? 0).ShouldBe(0);
        world.Traffic.Stable.ShouldBe(revision);
        world.Traffic.Canary.ShouldBe(revision);
    }
}
