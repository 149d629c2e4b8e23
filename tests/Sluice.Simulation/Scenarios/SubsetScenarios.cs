using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What is particular to two subsets of one Service; the rest is as RouterScenarios has it.</summary>
public sealed class SubsetScenarios
{
    private const string Rule = """
        apiVersion: networking.istio.io/v1beta1
        kind: DestinationRule
        metadata: {name: payments, namespace: shop}

        """;

    private static readonly RolloutYaml V1 = new() { Analysis = null, Traffic = RouteYaml.SubsetTraffic, Steps = ["setWeight: 20", "pause: {duration: 1m}", "setWeight: 50", "pause: {duration: 1m}"] };

    private static readonly RolloutYaml Paused = V1 with { Steps = ["setWeight: 20", "pause: {}"] };

    [Fact]
    public void The_traffic_follows_the_steps_and_goes_over_to_the_promoted_revision()
    {
        using var world = Deployed(V1);
        var before = world.Status.Stable!.Revision;

        world.Apply(V1.V(2));
        world.UntilHealthy();

        var after = world.Status.Stable!.Revision;
        world.Traffic.Moments.Select(moment => (moment.Weight, moment.Stable, moment.Canary)).ShouldBe(
        [
            (0, before, null), (0, before, before),
            (0, before, after), (20, before, after), (50, before, after), (100, before, after), (100, after, after), (0, after, after),
        ]);
        world.Cluster.Get<V1Service>(ReleaseWorld.Namespace, "payments")!.Spec!.Selector!.Keys.ShouldBe(["app"], "both revisions are behind the one Service");
        var route = world.Cluster.Get<V1Beta1VirtualService>(ReleaseWorld.Namespace, "payments")!.Spec!;
        route.Http![2].Route!.Select(to => to.Weight).ShouldBe([60, 40, 0], "subsets of the same names of another host");
        route.ExtensionData!["tcp"][0].GetProperty("route").EnumerateArray().Select(to => to.GetProperty("weight").GetInt32()).ShouldBe([70, 30]);
        world.Cluster.RunFor(TimeSpan.FromSeconds(45));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_split_between_subsets_is_what_the_analysis_sees_and_a_canary_with_errors_loses_its_share()
    {
        var measured = new RolloutYaml { Traffic = RouteYaml.SubsetTraffic, Steps = ["setWeight: 5", "analysis: {minDuration: 1m}"] };
        using var world = Deployed(measured);

        world.Apply(measured.V(2).With("sandbox.sluice.dev/error-rate", "10%"));
        world.UntilEnded(Outcome.RolledBack);

        var segment = world.Releases[^1].Status!.Analysis.Single().Segments.First(segment => segment.Weight == 5);
        (segment.Canary.Requests / (segment.Canary.Requests + segment.Stable.Requests)).ShouldBe(0.05, 0.02, "one pod of eleven, and a twentieth of the requests");
        (world.Traffic.Weight, world.Traffic.Stable, world.Traffic.Canary).ShouldBe((0, world.Status.Stable!.Revision, world.Status.Stable.Revision));
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData("rule", "there is no DestinationRule payments in shop")]
    [InlineData("subset", "DestinationRule payments has no subset canary")]
    [InlineData("labels", "subset canary of DestinationRule payments selects tier=gold, a label that the pods of revision")]
    [InlineData("elsewhere", "DestinationRule payments is for the host payments.bank.svc.cluster.local, which is no Service of shop")]
    [InlineData("host", "VirtualService payments has no HTTP route with both subset stable and subset canary of the host billing as destinations")]
    [InlineData("service", "there is no Service payments in shop, which DestinationRule payments is for")]
    [InlineData("selector", "Service payments, which DestinationRule payments is for, has no selector")]
    [InlineData("revision", "Service payments, which DestinationRule payments is for, selects revision 7b21 alone: it has to select the pods of both")]
    public void A_release_does_not_start_before_its_traffic_can_be_steered(string what, string message)
    {
        using var world = Deployed(V1);
        Break(world, what);

        world.Apply(V1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Release.ShouldBeNull();
        world.Status.Message!.ShouldContain(message);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));

        world.Cluster.Kubectl.Apply(RouteYaml.Subsets);
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, "payments", """{"spec":{"selector":{"app":"payments","sluice.dev/revision":null}}}""");
        world.Until(status => status.Canary?.ActualWeight == 20);
    }

    [Fact]
    public void A_DestinationRule_that_is_applied_anew_during_a_release_is_corrected_and_nothing_else_of_it()
    {
        using var world = Deployed(V1);
        world.Apply(Paused.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        world.Cluster.Kubectl.Apply(RouteYaml.Subsets.Replace("consecutive5xxErrors: 7", "consecutive5xxErrors: 9", StringComparison.Ordinal));
        world.Cluster.Kubectl.Patch<V1Beta1DestinationRule>(ReleaseWorld.Namespace, "payments", """
            {"spec":{"subsets":[
              {"name":"canary","labels":{"app":"payments"},"trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":9}}},
              {"name":"stable","labels":{"sluice.dev/revision":"somebodys"}}]}}
            """);
        world.Traffic.Canary.ShouldBeNull();
        world.Cluster.RunFor(TimeSpan.FromSeconds(25));

        (world.Traffic.Weight, world.Traffic.Stable, world.Traffic.Canary).ShouldBe((20, world.Status.Stable!.Revision, world.Release!.Revision));
        var subsets = world.Cluster.Get<V1Beta1DestinationRule>(ReleaseWorld.Namespace, "payments")!.Spec!.Subsets!;
        subsets[0].ExtensionData!["trafficPolicy"].GetProperty("outlierDetection").GetProperty("consecutive5xxErrors").GetInt32().ShouldBe(9);
    }

    [Fact]
    public void A_canary_that_has_lost_all_of_its_pods_loses_its_weight_until_they_are_back()
    {
        using var world = Deployed(V1);
        world.Apply(Paused.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == world.Release!.Revision)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);

        world.Cluster.RunUntil(() => world.Traffic.Weight == 0, TimeSpan.FromMinutes(1));
        world.Cluster.RunUntil(() => world.Traffic.Weight == 20, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Without_its_DestinationRule_a_release_waits_and_is_taken_back_all_the_same()
    {
        using var world = Deployed(V1);
        world.Apply(Paused.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Cluster.Kubectl.Delete<V1Beta1DestinationRule>(ReleaseWorld.Namespace, "payments");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Condition("Stalled").ShouldNotBeNull().Reason.ShouldBe("InvalidRoute");

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));

        world.Cluster.Kubectl.Apply(RouteYaml.Subsets);
        world.Cluster.RunFor(TimeSpan.FromSeconds(25));
        (world.Traffic.Weight, world.Traffic.Stable, world.Traffic.Canary).ShouldBe((0, world.Status.Stable!.Revision, world.Status.Stable.Revision));
    }

    [Fact]
    public void The_second_of_two_Rollouts_that_name_one_subset_is_refused_until_the_first_lets_go_of_it()
    {
        using var world = Deployed(V1);
        world.Apply(V1 with { Name = "billing", Traffic = "istio: {virtualService: billing, destinationRule: {name: payments, stableSubset: archive, canarySubset: stable}}" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        Billing().Message!.ShouldContain("spec.strategy.canary.traffic.istio.destinationRule.canarySubset: subset stable of DestinationRule payments is steered by Rollout payments already");
        IsRefused().ShouldBeTrue();
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Apply(V1 with { Traffic = null });
        world.Cluster.RunUntil(() => !IsRefused(), TimeSpan.FromMinutes(2));

        RolloutStatus Billing() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!;
        bool IsRefused() => Billing().Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" });
    }

    [Fact]
    public void Subsets_that_the_spec_names_no_longer_let_go_of_the_revision_before_its_pods_go()
    {
        using var world = Deployed(V1);

        world.Apply(V1.V(2) with { Traffic = null });
        world.Cluster.RunUntil(() => (world.Traffic.Stable, world.Traffic.Canary) == (null, null), TimeSpan.FromMinutes(1));
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);
        world.Until(status => status is { Phase: Phase.Healthy, Images: "registry.example.com/payments:v2" });

        world.Status.Traffic.ShouldBeNull();
        world.Traffic.EndpointsOfStable.ShouldBe(10);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void From_two_Services_to_two_subsets_of_one_of_them()
    {
        using var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.VirtualService);
        world.Deployed(V1 with { Traffic = RouteYaml.IstioTraffic });

        world.Cluster.Kubectl.Apply(RouteYaml.Subsets);
        world.Apply(V1.V(2));
        world.Until(status => status.Canary?.ActualWeight == 20);
        (world.Traffic.Selected(RouteYaml.StableService), world.Traffic.Selected(RouteYaml.CanaryService)).ShouldBe((null, null));
        world.UntilHealthy();

        var known = world.Status.Traffic!;
        (known.StableService, known.CanaryService, known.DestinationRule, known.StableSubset, known.CanarySubset).ShouldBe((null, null, "payments", "stable", "canary"));
        (world.Traffic.Stable, world.Traffic.Canary).ShouldBe((world.Status.Stable!.Revision, world.Status.Stable.Revision));
    }

    private static ReleaseWorld Deployed(RolloutYaml rollout)
    {
        var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Subsets);
        world.Deployed(rollout);
        return world;
    }

    private static void Break(ReleaseWorld world, string what)
    {
        switch (what)
        {
            case "rule":
                world.Cluster.Kubectl.Delete<V1Beta1DestinationRule>(ReleaseWorld.Namespace, "payments");
                break;
            case "subset":
                world.Cluster.Kubectl.Apply(Rule + "spec: {host: payments, subsets: [{name: stable}, {name: next}]}\n");
                break;
            case "labels":
                world.Cluster.Kubectl.Apply(Rule + "spec: {host: payments, subsets: [{name: stable}, {name: canary, labels: {tier: gold}}]}\n");
                break;
            case "elsewhere":
                world.Cluster.Kubectl.Apply(Rule + "spec: {host: payments.bank.svc.cluster.local, subsets: [{name: stable}, {name: canary}]}\n");
                break;
            case "host":
                world.Cluster.Kubectl.Apply("apiVersion: v1\nkind: Service\nmetadata: {name: billing, namespace: shop}\nspec: {selector: {app: billing}, ports: [{port: 80}]}\n");
                world.Cluster.Kubectl.Apply(Rule + "spec: {host: billing, subsets: [{name: stable}, {name: canary}]}\n");
                break;
            case "service":
                world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, "payments");
                break;
            case "selector":
                world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, "payments", """{"spec":{"selector":null}}""");
                break;
            default:
                world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, "payments", """{"spec":{"selector":{"sluice.dev/revision":"7b21"}}}""");
                break;
        }
    }
}
