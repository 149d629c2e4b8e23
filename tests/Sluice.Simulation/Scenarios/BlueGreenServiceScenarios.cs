using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Services that are missing, turned elsewhere, shared, or named no longer.</summary>
public sealed class BlueGreenServiceScenarios
{
    [Theory]
    [InlineData(Active)]
    [InlineData(Preview)]
    public void A_release_does_not_start_before_both_Services_are_there(string service)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, service);

        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Release.ShouldBeNull();
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {service} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void A_preview_whose_Service_is_deleted_waits_for_it_and_names_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);

        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, Preview);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Release!.Stage.ShouldBe(Stage.Stepping);
        world.Condition("Stalled")!.Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {Preview} in shop");
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        UntilPromoted(world, "payments-2");
    }

    [Fact]
    public void Services_that_somebody_turns_elsewhere_during_a_preview_are_turned_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var previewed = world.Release!.Revision;

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, """{"spec":{"selector":{"sluice.dev/revision":"ffffffffff"}}}""");
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, $$"""{"spec":{"selector":{"sluice.dev/revision":"{{previewed}}"} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((world.Status.Stable!.Revision, previewed));
    }

    /// <summary>What it waits for on the way back is no reason to leave users with what somebody else has chosen: without a revision, with the preview's pods too.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("preview")]
    public void An_active_Service_that_somebody_turned_elsewhere_is_turned_back_though_stable_is_not_whole(string revision)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched((V1 with { Steps = ["pause: {}"] }).With("sandbox.sluice.dev/ready-after", "2m"));
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "1s"));
        world.UntilStage(Stage.Stepping);
        world.Patch($$"""{"spec": {"replicas": {{v1.Replicas + 1}} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, $$"""{"spec":{"selector":{"sluice.dev/revision":{{(revision == "null" ? revision : $"\"{world.Release!.Revision}\"")}}} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(20));

        world.Available(world.Status.Stable!.Revision).ShouldBe(v1.Replicas);
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable.Revision);
    }

    [Fact]
    public void A_way_back_is_not_stuck_because_somebody_turns_a_Service_elsewhere_while_the_pods_wait_out_their_delay()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"], ScaleDownDelay = "10m", Extra = "progressDeadlineSeconds: 90" });
        world.Apply(v1.V(2) with { Migration = "expand: {command: [./migrate, up]}\nundo: {command: [./migrate, down]}" });
        world.UntilStage(Stage.Stepping);
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Release!.Stage.ShouldBe(Stage.RollingBack, "what is undone is what no pod rests on any more");

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, """{"spec":{"selector":{"sluice.dev/revision":"ffffffffff"}}}""");
        world.UntilEnded(Outcome.Aborted);

        world.Releases[^1].Status!.Timeline.ShouldNotContain(entry => entry.Reason == Reasons.RollbackStuck);
        world.ShouldBeAtRest();
    }

    /// <summary>That a release which waits for a Service is Failed to kstatus for that reason alone is held after each write, by StatusHistory.</summary>
    [Fact]
    public void Losing_pods_to_which_somebody_turns_a_Service_once_more_wait_out_the_whole_delay_once_more()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "40s", Steps = ["pause: {}"] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        var losing = world.Release!.Revision;
        world.Decide(DecisionAction.Abort);
        world.Until(status => status.Traffic?.AllStableSince is not null);
        world.Cluster.RunFor(TimeSpan.FromSeconds(35));

        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Preview, $$"""{"spec":{"selector":{"sluice.dev/revision":"{{losing}}"} } }""");
        world.Cluster.RunUntil(() => world.Traffic.Selected(Preview) != losing, TimeSpan.FromSeconds(20));
        var turnedBack = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Desired(losing) == 0, TimeSpan.FromMinutes(2));

        (world.Cluster.Now - turnedBack).ShouldBeGreaterThan(TimeSpan.FromSeconds(39));
    }

    [Fact]
    public void A_verdict_does_not_hide_that_a_Service_is_missing()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["gate: {name: tried-out}"], Analysis = new RolloutYaml().Analysis });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, Active);

        world.Until(status => status.Release?.Verdict == Verdict.Pass);

        world.Condition("Stalled").ShouldNotBeNull().Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {Active} in shop");
    }

    [Fact]
    public void A_check_that_ends_does_not_hide_that_a_Service_is_missing()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = [ChecksYaml.Step("timeout: 20m", ChecksYaml.Job("smoke", duration: 60), ChecksYaml.Job("load", duration: 600))] });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        world.Cluster.Kubectl.Delete<V1Service>(ReleaseWorld.Namespace, Active);

        world.Until(status => status.Release?.Checks.Any(check => check.State == CheckState.Succeeded) == true);

        world.Condition("Stalled").ShouldNotBeNull().Reason.ShouldBe("InvalidRoute");
        world.Status.Message!.ShouldContain($"there is no Service {Active} in shop");
    }

    /// <summary>To the operator the next release is a first deployment again, which turns no Service before it is promoted.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pods_of_a_first_deployment_that_failed_stay_as_long_as_a_Service_that_somebody_turned_to_them_leads_to_them(bool isBlueGreen)
    {
        using var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.Route);
        var v1 = ((isBlueGreen ? V1 : V1 with { BlueGreen = null, Traffic = RouteYaml.Traffic }) with { Extra = "progressDeadlineSeconds: 60" }).With("sandbox.sluice.dev/ready-after", "2m");
        world.Apply(v1);
        world.UntilEnded(Outcome.Failed);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        var failed = world.Status.LastRelease!.Revision;
        world.Available(failed).ShouldBe(v1.Replicas);
        world.Cluster.Kubectl.Patch<V1Service>(ReleaseWorld.Namespace, Active, $$"""{"spec":{"selector":{"sluice.dev/revision":"{{failed}}"} } }""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        var ready = new List<int>();
        world.Cluster.Observe(_ => ready.Add(world.Pods.Count(pod => pod.IsReady() && pod.Metadata.Label(Labels.Revision) == world.Traffic.Selected(Active))));

        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "10s"));
        UntilPromoted(world, "payments-2");
        world.UntilHealthy();

        ready.Min().ShouldBe(v1.Replicas);
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Desired(failed).ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void The_second_of_two_Rollouts_that_name_one_Service_is_refused_until_the_first_lets_go_of_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1 with { Name = "billing", BlueGreen = "activeService: billing, previewService: payments-canary" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var billing = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!;
        billing.Phase.ShouldBe(Phase.Degraded);
        billing.Message!.ShouldContain("spec.strategy.blueGreen.previewService: Service payments-canary is steered by Rollout payments already");
        billing.Conditions.First(condition => condition.Type == "Stalled").Reason.ShouldBe("InvalidSpec");
        world.Status.Phase.ShouldBe(Phase.Healthy);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!.Stable is not null, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_Rollout_goes_over_from_a_canary_to_blue_green_and_back()
    {
        using var world = new ReleaseWorld();
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        var canary = world.Deployed(V1 with { BlueGreen = null, Steps = ["setWeight: 50", "pause: {duration: 10s}"] });

        world.Apply(V1);
        world.UntilHealthy();
        world.Traffic.Selected(Active).ShouldBe(world.Status.Stable!.Revision);
        world.Apply(V1.V(2));
        UntilPromoted(world, "payments-2");

        world.Apply(canary.V(3));
        world.Until(status => status is { Phase: Phase.Healthy, LastRelease.Name: "payments-3" });
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((null, null));
        world.Status.Traffic.ShouldBeNull();
        world.ShouldBeAtRest();
    }
}
