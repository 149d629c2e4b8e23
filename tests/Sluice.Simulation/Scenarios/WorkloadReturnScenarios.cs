using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.WorkloadTakeover;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Rollout gives a Deployment its pods back, or lets it go.</summary>
public sealed class WorkloadReturnScenarios
{
    [Fact]
    public void A_takeover_that_fails_halfway_gives_back_what_it_had_taken()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Progressively", Extra = "progressDeadlineSeconds: 60" };
        RunDeployment(world, v1);
        var fewest = FewestReady(world);
        world.Apply(v1);
        world.Until(status => status.Workload is { To: > 0 });
        world.Decide(new DecisionSpec { Action = DecisionAction.Abort });
        world.UntilEnded(Outcome.Aborted);
        world.ShouldBeAtRest();

        DeploymentOf(world).Spec!.Replicas.ShouldBe(Replicas);
        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        world.Status.Workload.ShouldBeNull();
        world.Rollout.Metadata.Finalizers.ShouldBeNull();
    }

    [Fact]
    public void A_Rollout_that_is_deleted_hands_the_pods_back_before_its_own_go()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        ShouldHandBackWithoutAGap(world);
        world.Pods.ShouldBeEmpty();
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_Deployment_that_a_person_scaled_down_gets_its_pods_back_too_when_the_Rollout_is_deleted(bool isBlueGreen)
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Never", BlueGreen = isBlueGreen ? RouteYaml.BlueGreen : null, Steps = [] };
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        RunDeployment(world, v1);
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        ScaleTo(world, 0);
        world.UntilHealthy();
        world.ShouldBeAtRest();
        world.Rollout.Metadata.Finalizers.ShouldBe([Finalizers.Rollout]);

        ShouldHandBackWithoutAGap(world);
    }

    [Fact]
    public void Deleted_without_its_pods_and_made_again_it_goes_on_with_them_for_the_Deployment_of_the_same_labels_has_left_them_alone()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);
        var before = world.Pods.Select(pod => pod.Metadata.Uid).ToList();

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, DeleteOptions.Background with { PropagationPolicy = "Orphan" });
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Apply(Plan);
        world.UntilHealthy();

        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(before, ignoreOrder: true);
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Deleted_in_the_middle_of_a_release_it_hands_back_too()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);
        Edit(world, Plan.V(2));
        world.Until(status => status.Release?.Step is { Index: 1 });
        var fewest = FewestReady(world);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        DeploymentOf(world).Status!.AvailableReplicas.ShouldBe(Replicas);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Behind_Services_of_revisions_it_is_taken_over_and_handed_back_without_a_gap(bool isBlueGreen)
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = isBlueGreen ? Plan with { BlueGreen = RouteYaml.BlueGreen, Steps = [] } : Plan with { Traffic = RouteYaml.Traffic };
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        world.Cluster.Kubectl.Apply(RouteYaml.Route);
        RunDeployment(world, v1);
        var fewest = ReadyBehindTheService(world);
        world.Cluster.Observe(_ => fewest = Math.Min(fewest, ReadyBehindTheService(world)));

        world.Deployed(v1);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBe(world.Status.Stable!.Revision);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        fewest.ShouldBeGreaterThanOrEqualTo(Replicas);
        world.Traffic.Selected(RouteYaml.StableService).ShouldBeNull();
        world.Traffic.Selected(RouteYaml.CanaryService).ShouldBeNull();
    }

    [Fact]
    public void Handed_back_to_a_Deployment_whose_pods_do_not_come_the_Rollout_goes_after_its_deadline_and_says_so()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan with { Extra = "progressDeadlineSeconds: 120" });
        Edit(world, Plan.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.UntilEnded(Outcome.RolledBack);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromSeconds(100));
        world.Available(world.Status.Stable!.Revision).ShouldBe(Replicas);
        world.Status.Message.ShouldBe("Deployment legacy takes its place again: 0 of 4 pods are available");
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(1));

        world.Events.All.ShouldContain(told => told.Reason == "PodsNotHandedBack");
    }

    [Fact]
    public void A_namespace_that_is_deleted_is_emptied_though_nothing_can_be_handed_back()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        world.Cluster.Kubectl.Delete<V1Namespace>(null, ReleaseWorld.Namespace);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        world.Cluster.Kubectl.Get<V1Namespace>(null, ReleaseWorld.Namespace).ShouldBeNull();
        world.Exists.ShouldBeFalse();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Deployment_and_a_Rollout_that_are_pruned_together_hold_nobody_up()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.Kubectl.Delete<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        ReadyPods(world).ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Deployment_that_is_deleted_after_the_takeover_leaves_the_pods_running_and_is_named_and_frees_the_Rollout()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        world.Cluster.Kubectl.Delete<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name);
        world.Until(status => status.Phase == Phase.Degraded);
        world.Patch("""{"spec":{"replicas":6}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Pods.Count.ShouldBe(6);
        world.Condition(ConditionTypes.Stalled)!.Message!.ShouldContain("there is no Deployment legacy");
        world.Rollout.Metadata.Finalizers.ShouldBeNull();
        world.ShouldBeAtRest();

        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(Plan, replicas: 0));
        world.UntilHealthy();
    }

    [Fact]
    public void A_revision_that_a_RollBack_holds_stays_held_while_its_Deployment_is_gone_and_when_it_is_back()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(Plan.V(2), replicas: 0));
        world.Until(status => status is { Release: null, LastRelease.Name: "payments-2" });
        world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1", Reason = "v2 is slow" });
        world.Until(status => status is { Release: null, LastRelease.Name: "payments-3" });

        world.Cluster.Kubectl.Delete<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(Plan.V(2), replicas: 0));
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Releases.Count.ShouldBe(3);
        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.HeldByRollBack);
        world.Pods.ShouldAllBe(pod => pod.Spec!.Containers![0].Image!.EndsWith(":v1", StringComparison.Ordinal));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Rollout_that_keeps_the_template_as_its_own_lets_the_Deployment_go()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        var template = VirtualKubectl.Read(DeploymentYaml.Of(Plan, replicas: null)).Single()["spec"]!["template"]!;
        template["spec"] = JsonNode.Parse(world.Releases[0].Spec.Template.Spec!.Value.GetRawText());
        world.Patch(new JsonObject { ["spec"] = new JsonObject { ["workloadRef"] = null, ["template"] = template.DeepClone() } }.ToJsonString());
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        world.Releases.Count.ShouldBe(1, "what runs is what the spec asks for");
        world.Rollout.Metadata.Finalizers.ShouldBeNull();
        world.Status.Workload.ShouldBeNull();
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(1));
    }

    /// <summary>The ready pods that the Service selects which the traffic comes by.</summary>
    private static int ReadyBehindTheService(ReleaseWorld world)
    {
        var selector = world.Cluster.Get<V1Service>(ReleaseWorld.Namespace, RouteYaml.StableService)!.Spec!.Selector!;
        return world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, [.. selector.Select(pair => (pair.Key, pair.Value))]).Count(pod => pod.Metadata.DeletionTimestamp is null && pod.IsReady());
    }

    private static void ShouldHandBackWithoutAGap(ReleaseWorld world)
    {
        var fewest = FewestReady(world);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        DeploymentOf(world).Status!.AvailableReplicas.ShouldBe(Replicas);
    }
}
