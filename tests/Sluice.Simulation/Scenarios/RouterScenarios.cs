using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Releases behind an HTTPRoute. That every single move keeps to the rules is looked at after each write, by TrafficInvariants.</summary>
public sealed class RouterScenarios
{
    private static readonly RolloutYaml V1 = new() { Analysis = null, Steps = ["setWeight: 20", "pause: {duration: 1m}", "setWeight: 50", "pause: {duration: 1m}"] };

    [Fact]
    public void The_traffic_follows_the_steps_and_goes_over_to_the_promoted_revision_without_a_gap()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        var before = world.Status.Stable!.Revision;

        world.Apply(v1.V(2));
        world.UntilHealthy();

        var after = world.Status.Stable!.Revision;
        world.Traffic.Moments.Select(moment => (moment.Weight, moment.Stable, moment.Canary)).ShouldBe(
        [
            (0, before, null), (0, before, before),
            (0, before, after), (20, before, after), (50, before, after), (100, before, after), (100, after, after), (0, after, after),
        ]);
        world.RunningImages.Distinct().Count().ShouldBe(2, "the old pods wait out their delay");
        world.Cluster.RunFor(TimeSpan.FromSeconds(45));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void On_the_way_back_the_weight_falls_at_once_and_the_pods_go_after_it()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 3);
        var canary = world.Release!.Revision;
        var moved = world.Traffic.Moments.Count;

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        var asked = world.Cluster.Now;
        world.UntilEnded(Outcome.Aborted);

        world.Traffic.Moments.Skip(moved).Select(moment => (moment.Weight, moment.Stable, moment.Canary)).ShouldBe([(0, before, canary), (0, before, before)]);
        (world.Traffic.Moments[moved].At - asked).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        world.Cluster.RunUntil(() => world.RunningImages.Distinct().Count() == 1, TimeSpan.FromMinutes(1));
        (world.Cluster.Now - world.Traffic.Moments[^1].At).ShouldBeGreaterThan(TimeSpan.FromSeconds(29), "the losing pods wait out their delay");
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(Stage.Starting)]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    public void From_each_stage_the_way_back_leads_to_all_traffic_for_stable(Stage stage)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Soak = "10m" });
        world.Apply(v1.V(2));
        world.UntilStage(stage);

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.Traffic.Weight.ShouldBe(0);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable!.Revision);
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBe(world.Status.Stable!.Revision);
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
    }

    [Fact]
    public void Late_in_the_soak_the_old_pods_come_back_before_they_get_traffic()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Soak = "10m" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 10));

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Cluster.RunUntil(() => world.Traffic.Selected(RouteYaml.StableService) != world.Release!.Revision, TimeSpan.FromMinutes(1));
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);
        world.UntilEnded(Outcome.Aborted);

        world.Traffic.Moments[^2].ShouldSatisfyAllConditions(moment => moment.Weight.ShouldBe(0), moment => moment.Stable.ShouldBe(world.Status.Stable!.Revision));
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
    }

    [Fact]
    public void A_route_that_somebody_edits_during_a_release_is_corrected_and_nothing_else_of_it()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 20", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        world.Cluster.Kubectl.Apply(RouteYaml.Route.Replace("weight: 1}", "weight: 30}", StringComparison.Ordinal).Replace("weight: 0,", "weight: 70,", StringComparison.Ordinal).Replace("10s", "20s", StringComparison.Ordinal));
        world.Traffic.Weight.ShouldBe(70);
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        world.Traffic.Weight.ShouldBe(20);
        world.Cluster.Get<V1HTTPRoute>(ReleaseWorld.Namespace, "payments")!.Spec!.Rules![1].ExtensionData!["timeouts"].GetProperty("request").GetString().ShouldBe("20s");
        world.Status.Canary!.ActualWeight.ShouldBe(20);
    }

    [Fact]
    public void A_Service_that_somebody_turns_elsewhere_is_turned_back()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 20", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var canary = world.Release!.Revision;

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, RouteYaml.CanaryService, """{"spec":{"selector":{"sluice.dev/revision":"ffffffffff"}}}""");
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, RouteYaml.StableService, """{"spec":{"selector":{"sluice.dev/revision":null}}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(25));

        world.Traffic.Weight.ShouldBe(20);
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBe(canary);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable!.Revision);
    }

    [Fact]
    public void A_stable_Service_that_somebody_turned_elsewhere_is_turned_back_though_stable_is_not_whole()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed((V1 with { Replicas = 4, Steps = ["setWeight: 20", "pause: {}"] }).With("sandbox.sluice.dev/ready-after", "2m"));
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "1s"));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Patch("""{"spec":{"replicas":5}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, RouteYaml.StableService, """{"spec":{"selector":{"sluice.dev/revision":null}}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        world.Available(world.Status.Stable!.Revision).ShouldBe(4);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable.Revision);
    }

    [Fact]
    public void A_route_that_is_deleted_during_a_release_holds_it_and_is_named()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Cluster.Kubectl.Delete<V1HTTPRoute>(ReleaseWorld.Namespace, "payments");
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Condition("Stalled").ShouldNotBeNull().Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain("there is no HTTPRoute payments in shop");
        world.Release!.Step!.Index.ShouldBe(1, "no step advances");
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);

        world.Cluster.Kubectl.Apply(RouteYaml.Route);
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void Without_its_route_a_release_is_taken_back_all_the_same()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.Kubectl.Delete<V1HTTPRoute>(ReleaseWorld.Namespace, "payments");

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
    }

    [Theory]
    [InlineData("httproutes", "there is no HTTPRoute payments in shop")]
    [InlineData("malformed", "HTTPRoute payments has no rule whose backends are both Service payments and Service payments-canary")]
    [InlineData("services", "there is no Service payments-canary in shop")]
    [InlineData("selector", "Service payments-canary has no selector")]
    public void A_release_does_not_start_before_its_traffic_can_be_steered(string what, string message)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        Break(world, what);

        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release.ShouldBeNull();
        world.Status.Message!.ShouldContain(message);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));

        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.Route);
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void The_second_of_two_Rollouts_that_name_one_route_is_refused_until_the_first_lets_go_of_it()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        world.Apply(v1 with { Name = "billing" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var billing = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!;
        billing.Phase.ShouldBe(Phase.Degraded);
        billing.Message!.ShouldContain("spec.strategy.canary.traffic.gatewayAPI.httpRoute: HTTPRoute payments is steered by Rollout payments already");
        billing.Conditions.First(condition => condition.Type == "Stalled").Reason.ShouldBe("InvalidSpec");
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Apply(v1 with { Traffic = null });
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!.Phase == Phase.Healthy, TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_split_of_the_traffic_is_what_the_analysis_sees(int seed)
    {
        using var world = new ReleaseWorld(seed, routes: true);
        var v1 = world.Routed(new RolloutYaml { Steps = ["setWeight: 5", "analysis: {minDuration: 1m}", "setWeight: 50", "analysis: {minDuration: 30s}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 2);

        var segment = world.Release!.Analysis.Single().Segments.First(segment => segment.Weight == 5);
        (segment.Canary.Requests / (segment.Canary.Requests + segment.Stable.Requests)).ShouldBe(0.05, 0.01);
        world.UntilEnded(Outcome.Promoted);
    }

    [Fact]
    public void A_weight_that_changes_while_the_pods_stay_begins_a_segment_of_its_own()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(new RolloutYaml { Replicas = 4, Steps = ["setWeight: 30", "pause: {duration: 2m}", "setWeight: 45", "pause: {duration: 2m}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 3);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Available(world.Release!.Revision).ShouldBe(2, "two pods carry either weight");
        world.Release.Analysis.ShouldHaveSingleItem().Segments.Select(segment => segment.Weight).Where(weight => weight > 0).Distinct().ShouldBe([30, 45]);
    }

    [Fact]
    public void A_weight_rises_when_the_pods_that_it_calls_for_are_ready()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed((V1 with { Steps = ["setWeight: 20", "setWeight: 60", "pause: {}"] }).With("sandbox.sluice.dev/ready-after", "20s"));
        world.Apply(v1.V(2));

        world.Cluster.RunUntil(() => world.Traffic.Weight == 60, TimeSpan.FromMinutes(5));

        world.Traffic.Endpoints(RouteYaml.CanaryService).ShouldBe(6);
    }

    [Fact]
    public void A_promotion_that_is_paused_gets_no_more_traffic()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed((V1 with { Steps = ["setWeight: 20", "pause: {duration: 10s}"] }).With("sandbox.sluice.dev/ready-after", "20s"));
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Promoting);
        world.Cluster.RunUntil(() => world.Desired(world.Release!.Revision) == 10, TimeSpan.FromMinutes(1));
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        (world.Available(world.Release!.Revision), world.Traffic.Weight).ShouldBe((10, 20));

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();
    }

    [Fact]
    public void On_the_way_back_stable_gets_as_much_as_its_ready_pods_carry()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 80", "pause: {}"] });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == stable).Take(5)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));

        world.Decide(DecisionAction.Abort);
        world.Cluster.RunUntil(() => world.Traffic.Weight < 80, TimeSpan.FromMinutes(1));
        (world.Traffic.Weight, world.Traffic.Selected(RouteYaml.CanaryService)).ShouldBe((50, world.Release!.Revision));
        world.Cluster.RunUntil(() => world.Traffic.Weight == 0, TimeSpan.FromMinutes(1));
        world.Traffic.Endpoints(RouteYaml.StableService).ShouldBe(10);
    }

    [Fact]
    public void Pods_stay_for_the_weight_that_stable_cannot_carry_yet()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 80", "pause: {}", "setWeight: 20", "pause: {}"] });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == stable).Take(5)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));

        world.Decide(DecisionAction.Continue);
        world.Cluster.RunUntil(() => world.Traffic.Weight < 80, TimeSpan.FromMinutes(1));
        (world.Traffic.Weight, world.Desired(world.Release!.Revision)).ShouldBe((50, 8));
        world.Cluster.RunUntil(() => world.Desired(world.Release!.Revision) == 2, TimeSpan.FromMinutes(1));
        world.Traffic.Weight.ShouldBe(20);
    }

    [Fact]
    public void A_canary_that_has_lost_all_of_its_pods_loses_its_weight_until_they_are_back()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 20", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == world.Release!.Revision)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);

        world.Cluster.RunUntil(() => world.Traffic.Weight == 0, TimeSpan.FromMinutes(1));
        world.Cluster.RunUntil(() => world.Traffic.Weight == 20, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void What_was_too_short_to_be_looked_at_under_one_weight_is_not_counted_under_the_next()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(new RolloutYaml { Replicas = 4, Steps = ["setWeight: 30", "pause: {duration: 5s}", "setWeight: 45", "pause: {duration: 2m}"] });
        world.Apply(v1.V(2));
        world.Cluster.RunUntil(() => world.Traffic.Weight == 45, TimeSpan.FromMinutes(5));
        var since = world.Cluster.Now;
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var segment = world.Release!.Analysis.ShouldHaveSingleItem().Segments.Single(segment => segment.Weight == 45);
        segment.From.ShouldBeGreaterThan(since.AddSeconds(-1));
    }

    [Fact]
    public void A_canary_with_errors_gets_no_traffic_any_more_in_the_moment_in_which_it_fails()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(new RolloutYaml());

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilStage(Stage.RollingBack);
        var failed = world.Cluster.Now;
        world.UntilEnded(Outcome.RolledBack);

        var fall = world.Traffic.Moments.First(moment => moment.Stage == Stage.RollingBack);
        fall.Weight.ShouldBe(0);
        (fall.At - failed).ShouldBeLessThan(TimeSpan.FromMilliseconds(250));
    }

    [Theory]
    [InlineData("gateway-api")]
    [InlineData("istio")]
    [InlineData("istio-subsets")]
    [InlineData("nginx")]
    public void The_sample_runs(string router)
    {
        using var world = new ReleaseWorld(routes: true);
        string Sample(string file) => Path.Combine(AppContext.BaseDirectory, "samples", router, file);
        string Manifest(string file) => File.ReadAllText(Sample(file)).Replace("metadata:\n  name:", "metadata:\n  namespace: shop\n  name:", StringComparison.Ordinal);
        foreach (var file in (string[])["services.yaml", "route.yaml", "rollout.yaml"]) world.Cluster.Kubectl.Apply(Manifest(file));
        world.UntilHealthy();

        world.Traffic.Stable.ShouldBe(world.Status.Stable!.Revision);
        world.Cluster.Kubectl.Apply(Manifest("rollout.yaml").Replace("payments:v2", "payments:v3", StringComparison.Ordinal));
        world.Until(status => status.Canary?.ActualWeight == 1);
        world.Available(world.Release!.Revision).ShouldBe(1);
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);
    }

    [Fact]
    public void A_step_with_a_router_costs_a_write_more()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed((V1 with { Steps = ["setWeight: 20", "setWeight: 30", "setWeight: 40"] }).With("sandbox.sluice.dev/ready-after", "100ms"));
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        var before = world.Writes;

        world.Until(status => status.Release?.Step?.Index == 2);

        (world.Writes - before).ShouldBe(3, "more canary pods, the weight, and the step that follows; stable stays as it is");
    }

    [Fact]
    public void Scaled_during_a_release_both_sides_follow_at_the_same_weight()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 20", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var (stable, canary) = (world.Status.Stable!.Revision, world.Release!.Revision);

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 20);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        (world.Available(stable), world.Available(canary), world.Traffic.Weight).ShouldBe((20, 4, 20));

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 0);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        (world.Available(stable), world.Available(canary), world.Traffic.Weight).ShouldBe((0, 0, 0));

        world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, 5);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        (world.Available(stable), world.Available(canary), world.Traffic.Weight).ShouldBe((5, 1, 20));
    }

    [Theory]
    [InlineData(Stage.Starting)]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    public void A_third_revision_comes_at_any_stage(Stage stage)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Soak = "2m" });
        world.Apply(v1.V(2));
        world.UntilStage(stage);

        world.Apply(v1.V(3));
        world.UntilEnded(Outcome.Promoted);
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Name: "payments-3" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Promoted_in_full_before_its_first_step_a_canary_still_gets_traffic_only_when_it_is_whole()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Starting);

        world.Decide(DecisionAction.PromoteFull);
        world.UntilHealthy();

        world.Traffic.Moments.Skip(2).Select(moment => moment.Weight).ShouldBe([0, 100, 100, 0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Services_that_the_spec_names_no_longer_let_go_of_the_revision_before_its_pods_go(bool justPromoted)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1);
        if (justPromoted)
        {
            world.Apply(v1.V(2));
            world.UntilEnded(Outcome.Promoted);
        }

        world.Apply(v1.V(3) with { Traffic = null });
        world.Cluster.RunUntil(() => Selectors(world) is [null, null], TimeSpan.FromMinutes(1));
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Outcome: Outcome.Promoted } && status.Images == "registry.example.com/payments:v3");

        world.Status.Traffic.ShouldBeNull();
        world.Traffic.Endpoints(RouteYaml.StableService).ShouldBe(10);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
        world.ShouldBeAtRest();
    }

    private static string?[] Selectors(ReleaseWorld world) => [world.Traffic.Selected(RouteYaml.StableService), world.Traffic.Selected(RouteYaml.CanaryService)];

    private static void Break(ReleaseWorld world, string what)
    {
        switch (what)
        {
            case "httproutes":
                world.Cluster.Kubectl.Delete<V1HTTPRoute>(ReleaseWorld.Namespace, "payments");
                break;
            case "malformed":
                world.Cluster.Kubectl.Apply(RouteYaml.Route.Replace("{name: payments, port", "{name: other, port", StringComparison.Ordinal));
                break;
            case "services":
                world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, RouteYaml.CanaryService);
                break;
            default:
                world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, RouteYaml.CanaryService, """{"spec":{"selector":null}}""");
                break;
        }
    }
}
