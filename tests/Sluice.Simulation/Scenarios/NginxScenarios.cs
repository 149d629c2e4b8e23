using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What is particular to ingress-nginx: a canary Ingress that comes and goes; the rest is as RouterScenarios has it.</summary>
public sealed class NginxScenarios
{
    private const string CanaryWeight = "nginx.ingress.kubernetes.io/canary-weight";

    private static readonly RolloutYaml V1 = new() { Analysis = null, Traffic = RouteYaml.NginxTraffic, Steps = ["setWeight: 20", "pause: {duration: 1m}", "setWeight: 50", "pause: {duration: 1m}"] };

    [Fact]
    public void The_traffic_follows_the_steps_and_goes_over_to_the_promoted_revision()
    {
        using var world = Deployed();
        var before = world.Status.Stable!.Revision;
        var ingress = Ingress(world, "payments");

        world.Apply(V1.V(2));
        world.UntilHealthy();

        var after = world.Status.Stable!.Revision;
        world.Traffic.Moments.Skip(2).Select(moment => (moment.Weight, moment.Stable, moment.Canary)).ShouldBe(
            [(0, before, after), (20, before, after), (50, before, after), (100, before, after), (100, after, after), (0, after, after)]);
        Ingress(world, RouteYaml.CanaryIngress).ShouldBeNull();
        Ingress(world, "payments")!.Metadata.ResourceVersion.ShouldBe(ingress!.Metadata.ResourceVersion);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_canarys_Ingress_has_what_ingress_nginx_reads_of_one_and_nothing_else()
    {
        using var world = Paused();

        var canary = Ingress(world, RouteYaml.CanaryIngress)!;
        canary.Metadata.ControllerOwner()!.Uid.ShouldBe(world.Rollout.Metadata.Uid);
        canary.Metadata.Annotations!.OrderBy(annotation => annotation.Key).Select(annotation => $"{annotation.Key}={annotation.Value}").ShouldBe(
        [
            "nginx.ingress.kubernetes.io/affinity-canary-behavior=legacy",
            "nginx.ingress.kubernetes.io/canary=true",
            "nginx.ingress.kubernetes.io/canary-weight=20",
            "nginx.ingress.kubernetes.io/upstream-hash-by=$request_uri",
        ]);
        canary.Spec!.IngressClassName.ShouldBe("nginx");
        canary.Spec.ExtensionData.ShouldBeNull("certificates are those of the other Ingress");
        Backends(canary).ShouldBe(["payments.example.com/ payments-canary", "*.pay.example.com/ payments-canary"]);
        canary.Spec.Rules![1].Http!.Paths![0].Backend!.Service!.ExtensionData!["port"].GetProperty("name").GetString().ShouldBe("http");
    }

    [Fact]
    public void A_canary_with_errors_loses_the_traffic_that_the_weight_gave_it()
    {
        using var world = Deployed();

        world.Apply(new RolloutYaml { Traffic = RouteYaml.NginxTraffic }.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);

        var segment = world.Releases[^1].Status!.Analysis.Single().Segments.First(segment => segment is { Weight: 20, Canary.Requests: > 0 });
        (segment.Canary.Requests / (segment.Canary.Requests + segment.Stable.Requests)).ShouldBe(0.2, 0.05);
        Ingress(world, RouteYaml.CanaryIngress).ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_change_of_the_Ingress_during_a_release_is_followed()
    {
        using var world = Paused();

        world.Cluster.Kubectl.Apply(RouteYaml.Ingress.Replace("host: docs.example.com", "host: money.example.com", StringComparison.Ordinal).Replace("/, pathType: Prefix, backend: {service: {name: docs", "/new, pathType: Prefix, backend: {service: {name: payments", StringComparison.Ordinal));
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        var canary = Ingress(world, RouteYaml.CanaryIngress)!;
        Backends(canary).ShouldBe(["payments.example.com/ payments-canary", "*.pay.example.com/ payments-canary", "money.example.com/new payments-canary"]);
        canary.Metadata.Annotation(CanaryWeight).ShouldBe("20");
    }

    [Theory]
    [InlineData("""{"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary-weight":"90"}}}""")]
    [InlineData("""{"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary-weight-total":"1000"}}}""")]
    [InlineData("""{"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary":"false"}}}""")]
    [InlineData("""{"spec":{"ingressClassName":"other"}}""")]
    [InlineData(null)]
    public void What_somebody_does_to_the_canarys_Ingress_is_put_right(string? edit)
    {
        using var world = Paused();

        if (edit is null) world.Cluster.Kubectl.Delete<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress);
        else world.Cluster.Kubectl.Patch<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress, edit);
        world.Cluster.Kubectl.Patch<V1Ingress>(ReleaseWorld.Namespace, "payments", """{"metadata":{"annotations":{"team":"money"}}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        var canary = Ingress(world, RouteYaml.CanaryIngress)!;
        canary.Metadata.Annotations!.Where(annotation => annotation.Key.Contains("canary", StringComparison.Ordinal)).Select(annotation => annotation.Value).Order().ShouldBe(["20", "legacy", "true"]);
        canary.Spec!.IngressClassName.ShouldBe("nginx");
    }

    [Fact]
    public void What_other_controllers_add_to_the_canarys_Ingress_stays()
    {
        using var world = Paused();

        world.Cluster.Kubectl.Patch<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress, """{"metadata":{"annotations":{"example.com/seen":"yes"},"finalizers":["example.com/address"]}}""");
        world.Until(status => status.Canary?.ActualWeight == 50);

        Ingress(world, RouteYaml.CanaryIngress)!.Metadata.ShouldSatisfyAllConditions(
            metadata => metadata.Annotation("example.com/seen").ShouldBe("yes"), metadata => metadata.Finalizers.ShouldBe(["example.com/address"]));
    }

    [Theory]
    [InlineData("missing", "there is no Ingress payments in shop")]
    [InlineData("elsewhere", "Ingress payments has no path whose backend is Service payments")]
    [InlineData("canary", "Ingress payments is itself the canary of another Ingress")]
    [InlineData("foreign", "Ingress payments-canary is there, and was not made for Rollout payments")]
    public void A_release_does_not_start_before_a_canary_can_be_put_beside_the_Ingress(string what, string message)
    {
        using var world = Deployed();
        if (what == "missing") world.Cluster.Kubectl.Delete<V1Ingress>(ReleaseWorld.Namespace, "payments");
        if (what == "elsewhere") world.Cluster.Kubectl.Apply(RouteYaml.Ingress.Replace("name: payments, port", "name: cart, port", StringComparison.Ordinal));
        if (what == "canary") world.Cluster.Kubectl.Patch<V1Ingress>(ReleaseWorld.Namespace, "payments", """{"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary":"true"}}}""");
        if (what == "foreign") world.Cluster.Kubectl.Apply(Foreign);
        var foreign = Ingress(world, RouteYaml.CanaryIngress)?.Metadata.ResourceVersion;

        world.Apply(V1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release.ShouldBeNull();
        world.Status.Message!.ShouldContain(message);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        Ingress(world, RouteYaml.CanaryIngress)?.Metadata.ResourceVersion.ShouldBe(foreign);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));

        if (what == "foreign") world.Cluster.Kubectl.Delete<V1Ingress>(ReleaseWorld.Namespace, RouteYaml.CanaryIngress);
        if (what == "canary") world.Cluster.Kubectl.Delete<V1Ingress>(ReleaseWorld.Namespace, "payments");
        world.Cluster.Kubectl.Apply(RouteYaml.Ingress);
        world.UntilEnded(Outcome.Promoted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_the_Ingress_a_release_waits_and_can_be_taken_back(bool abort)
    {
        using var world = Paused();
        world.Cluster.Kubectl.Delete<V1Ingress>(ReleaseWorld.Namespace, "payments");
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Release!.Step!.Index.ShouldBe(1);

        if (abort) world.Decide(DecisionAction.Abort);
        else world.Cluster.Kubectl.Apply(RouteYaml.Ingress);
        world.UntilEnded(abort ? Outcome.Aborted : Outcome.Promoted);

        Ingress(world, RouteYaml.CanaryIngress).ShouldBeNull();
        world.RunningImages.ShouldContain($"registry.example.com/payments:{(abort ? "v1" : "v2")}");
    }

    [Theory]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    public void From_each_stage_the_way_back_leads_to_all_traffic_for_stable(Stage stage)
    {
        using var world = Deployed();
        world.Apply(V1.V(2) with { Soak = "10m" });
        world.UntilStage(stage);

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        Ingress(world, RouteYaml.CanaryIngress).ShouldBeNull();
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable!.Revision);
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBe(world.Status.Stable!.Revision);
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
    }

    [Fact]
    public void Two_Rollouts_may_be_behind_one_Ingress()
    {
        using var world = Deployed();
        world.Cluster.Kubectl.Apply(RouteYaml.Services.Replace("payments", "docs", StringComparison.Ordinal));
        world.Apply(V1 with { Name = "docs", PodLabels = "{app: docs}", Traffic = "nginx: {ingress: payments, stableService: docs, canaryService: docs-canary}" });

        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "docs")?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void What_an_orphaning_deletion_has_left_belongs_to_the_next_Rollout_of_the_name()
    {
        using var world = Paused();
        world.KillOperator();
        world.Patch("""{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, new DeleteOptions { PropagationPolicy = "Orphan" });
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(1));
        Ingress(world, RouteYaml.CanaryIngress)!.Metadata.ControllerOwner().ShouldBeNull();

        world.StartOperator();
        world.Apply(V1);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        Ingress(world, RouteYaml.CanaryIngress).ShouldBeNull();
        world.ShouldBeAtRest();
    }

    private const string Foreign = """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: payments-canary, namespace: shop}
        spec: {defaultBackend: {service: {name: payments, port: {number: 80}}}}

        """;

    private static V1Ingress? Ingress(ReleaseWorld world, string name) => world.Cluster.Get<V1Ingress>(ReleaseWorld.Namespace, name);

    private static IEnumerable<string> Backends(V1Ingress ingress) => from rule in ingress.Spec!.Rules! from path in rule.Http!.Paths! select $"{rule.Host}{path.Path} {path.Backend!.Service!.Name}";

    private static ReleaseWorld Deployed()
    {
        var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.Ingress);
        world.Deployed(V1);
        return world;
    }

    /// <summary>In the pause at 20%.</summary>
    private static ReleaseWorld Paused()
    {
        var world = Deployed();
        world.Apply(V1.V(2));
        world.Until(status => status.Canary?.ActualWeight == 20);
        return world;
    }
}
