using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Rollout takes over a Deployment that runs, and gives it back.</summary>
public sealed class WorkloadScenarios
{
    private const int Replicas = 4;

    private static RolloutYaml Plan => new RolloutYaml { Replicas = Replicas, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {duration: 1m}"], Analysis = null, ScaleDown = "OnSuccess" };

    [Theory]
    [InlineData("OnSuccess")]
    [InlineData("Progressively")]
    public void A_running_Deployment_is_taken_over_and_at_no_moment_are_there_fewer_ready_pods_than_wanted(string mode)
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = mode };
        Running(world, v1);
        var fewest = FewestReady(world);

        world.Apply(v1);
        world.UntilHealthy();

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        world.Pods.Count.ShouldBe(Replicas);
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
        world.Status.Workload.ShouldBe(new WorkloadStatus { Name = DeploymentYaml.Name });
        world.Rollout.Metadata.Finalizers.ShouldBe([Finalizers.Rollout]);
        world.Releases.ShouldHaveSingleItem().Spec.Template.Spec!.Value.GetProperty("containers")[0].GetProperty("image").GetString().ShouldBe("registry.example.com/payments:v1");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Progressively_pods_of_the_Deployment_go_one_by_one_as_those_of_the_Rollout_come()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Progressively" };
        Running(world, v1);
        var steps = new List<int>();
        world.Cluster.Observe(write =>
        {
            if (write.Resource == "deployments" && (int?)write.After["spec"]?["replicas"] is { } now && (steps.Count == 0 || steps[^1] != now)) steps.Add(now);
        });

        world.Apply(v1);
        world.UntilHealthy();

        steps.ShouldBe(steps.OrderDescending());
        steps.Count.ShouldBeGreaterThan(2, $"{string.Join(", ", steps)}: more than once and for all");
        steps[^1].ShouldBe(0);
    }

    [Fact]
    public void While_the_Rollout_is_paused_nothing_is_taken_over()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Never" };
        Running(world, v1);
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });

        world.Apply(v1 with { ScaleDown = "OnSuccess", Paused = true });
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        DeploymentOf(world).Spec!.Replicas.ShouldBe(Replicas);

        world.Apply(v1 with { ScaleDown = "OnSuccess" });
        world.UntilHealthy();
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
    }

    [Fact]
    public void With_Never_it_serves_until_a_person_scales_it_down_and_the_status_says_so()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Never" };
        Running(world, v1);

        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        world.ShouldBeAtRest();

        (world.Condition(ConditionTypes.Ready)!.Status, world.Condition(ConditionTypes.Ready)!.Reason).ShouldBe(("False", Reasons.WorkloadStillServing));
        world.Status.Message.ShouldBe("Deployment legacy serves with 4 pods beside the Rollout's: scale it down by: kubectl scale deployment legacy -n shop --replicas=0");
        DeploymentOf(world).Spec!.Replicas.ShouldBe(Replicas);
        world.Rollout.Metadata.Finalizers.ShouldBeNull();

        ScaleTo(world, 0);
        world.UntilHealthy();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Once_it_is_taken_over_an_edit_of_its_template_is_released_in_steps_and_its_own_pods_stay_away()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        Edit(world, Plan.V(2));
        world.Until(status => status.Release?.Step is { Index: 1 });
        world.Available(world.Release!.Revision).ShouldBe(2);
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", Replicas));
        world.Status.Images.ShouldBe("registry.example.com/payments:v2");
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
        ReadyPods(world).ShouldBe(Replicas);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_bad_edit_of_its_template_is_rolled_back_and_held_until_the_next()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        Edit(world, Plan.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.UntilEnded(Outcome.RolledBack);
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", Replicas));

        Edit(world, Plan.V(3).With("sandbox.sluice.dev/crash", "false"));
        world.UntilHealthy();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", Replicas));
    }

    [Fact]
    public void A_contract_of_the_first_deployment_waits_until_its_last_pod_is_gone()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { Migration = "expand: {command: [./migrate, up]}\ncontract: {command: [./migrate, contract]}" };
        Running(world, v1);
        var (left, ending) = (-1, -1);
        world.Cluster.Observe(write =>
        {
            // Pods that terminate are in no figure of the Deployment.
            if (write.Resource == "jobs" && write.Type == WatchEventType.Added && write.Name.Contains("-contract-", StringComparison.Ordinal))
            {
                ending = world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Count(pod => pod.Metadata.Label(Labels.Rollout) is null && pod.Metadata.ControllerOwner()?.Kind == "ReplicaSet");
            }

            if (write.Resource == "migrations" && write.Type == WatchEventType.Added && (string?)write.After["spec"]!["phase"] == "Contract") left = DeploymentOf(world).Status!.Replicas ?? 0;
        });

        world.Apply(v1);
        world.UntilHealthy();

        left.ShouldBe(0);
        ending.ShouldBe(0);
        world.Migrations.ShouldAllBe(migration => migration.Status!.State == MigrationState.Succeeded);
    }

    [Fact]
    public void Somebody_who_scales_it_up_again_is_not_fought_and_no_release_starts_beside_its_pods()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        ScaleTo(world, 2);
        world.Until(status => status.Phase == Phase.Paused);
        Edit(world, Plan.V(2));
        world.ShouldBeAtRest();

        DeploymentOf(world).Spec!.Replicas.ShouldBe(2);
        world.Condition(ConditionTypes.Ready)!.Reason.ShouldBe(Reasons.WorkloadStillServing);
        world.Status.Message!.ShouldContain("waits to be released");
        world.Releases.Count.ShouldBe(1);

        ScaleTo(world, 0);
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void Its_template_edited_while_it_is_taken_over_leads_to_the_new_one_without_a_gap()
    {
        using var world = new ReleaseWorld();
        var v1 = (Plan with { ScaleDown = "Progressively" }).With("sandbox.sluice.dev/ready-after", "20s");
        Running(world, v1);
        var fewest = FewestReady(world);
        world.Apply(v1);
        world.UntilStage(Stage.Promoting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        Edit(world, v1.V(2));
        world.UntilHealthy();

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas - 1, "the Deployment's own rolling update may give up a quarter of its pods");
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", Replicas));
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Superseded, Outcome.Promoted]);
    }

    [Fact]
    public void Pods_of_another_revision_that_a_pass_takes_away_stand_in_for_none_of_the_Deployments()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Progressively", MaxUnavailable = "1" };
        Running(world, v1);
        world.Apply(v1);
        world.UntilStage(Stage.Promoting);
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        ReadyPods(world).ShouldBe(2 * Replicas);
        Edit(world, Plan.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        var kept = new List<int>();
        world.Cluster.Observe(write =>
        {
            if (write.Resource == "deployments" && (int?)write.After["spec"]?["replicas"] == 0 && (int?)write.Before?["spec"]?["replicas"] > 0) kept.Add(Kept(world));
        });

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();

        kept.ShouldHaveSingleItem().ShouldBeGreaterThanOrEqualTo(Replicas);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", Replicas));
    }

    [Fact]
    public void A_takeover_that_fails_halfway_gives_back_what_it_had_taken()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Progressively", Extra = "progressDeadlineSeconds: 60" };
        Running(world, v1);
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
        var fewest = FewestReady(world);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        DeploymentOf(world).Status!.AvailableReplicas.ShouldBe(Replicas);
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
        Running(world, v1);
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        ScaleTo(world, 0);
        world.UntilHealthy();
        world.ShouldBeAtRest();
        world.Rollout.Metadata.Finalizers.ShouldBe([Finalizers.Rollout]);
        var fewest = FewestReady(world);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        fewest().ShouldBeGreaterThanOrEqualTo(Replicas);
        DeploymentOf(world).Status!.AvailableReplicas.ShouldBe(Replicas);
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
        Running(world, v1);
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
    public void A_Rollout_that_comes_before_its_Deployment_waits_for_it_and_one_that_is_led_to_another_goes_over()
    {
        using var world = new ReleaseWorld();
        world.Apply(Plan);
        world.Until(status => status.Phase == Phase.Degraded);
        world.Status.Message.ShouldBe("spec.workloadRef.name: there is no Deployment legacy in shop");
        world.ShouldBeAtRest();

        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(Plan, replicas: 0));
        world.UntilHealthy();
        world.Patch("""{"spec":{"workloadRef":{"name":"next"}}}""");
        world.Until(status => status.Phase == Phase.Degraded);
        world.Pods.Count.ShouldBe(Replicas, "what runs goes on running");

        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(Plan.V(2), replicas: 0).Replace("name: legacy", "name: next", StringComparison.Ordinal));
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", Replicas));
    }

    [Fact]
    public void Two_Rollouts_that_name_one_Deployment_are_told_and_the_later_one_is_refused_until_the_first_lets_go()
    {
        using var world = new ReleaseWorld();
        TakenOver(world, Plan);

        world.Cluster.Kubectl.Apply((Plan with { Name = "other" }).ToString());
        world.Cluster.RunUntil(() => Other()?.Status?.Phase == Phase.Degraded, TimeSpan.FromMinutes(1));
        Other()!.Status!.Message.ShouldBe("spec.workloadRef.name: Deployment legacy is taken over by Rollout payments already");

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => Other()?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(5));

        Rollout? Other() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "other");
    }

    [Fact]
    public void One_that_is_larger_than_the_Rollout_keeps_its_pods_until_the_numbers_fit()
    {
        using var world = new ReleaseWorld();
        Running(world, Plan, replicas: 6);
        world.Apply(Plan);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        world.ShouldBeAtRest();
        world.Status.Message!.ShouldContain("spec.replicas is 4");
        DeploymentOf(world).Spec!.Replicas.ShouldBe(6);

        world.Patch("""{"spec":{"replicas":6}}""");
        world.UntilHealthy();

        world.Pods.Count.ShouldBe(6);
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
    }

    [Theory]
    [InlineData("OnSuccess")]
    [InlineData("Progressively")]
    public void Edited_while_it_still_serves_beside_a_promoted_revision_it_gives_way_to_that_and_then_the_edit_is_released(string mode)
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = mode };
        Running(world, v1, replicas: 6);
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        Edit(world, v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        (world.Status.Phase, world.Releases.Count).ShouldBe((Phase.Paused, 1), world.Status.Message);
        world.Status.Message!.ShouldContain("spec.replicas is 4");
        var fewest = FewestReady(world);

        world.Patch("""{"spec":{"replicas":6}}""");
        world.UntilHealthy();

        fewest().ShouldBeGreaterThanOrEqualTo(6);
        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 6));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_paused_Rollout_takes_nothing_until_it_goes_on()
    {
        using var world = new ReleaseWorld();
        Running(world, Plan);
        world.Apply(Plan);
        world.UntilStage(Stage.Promoting);
        world.Patch("""{"spec":{"paused":true}}""");
        world.ShouldBeAtRest();
        DeploymentOf(world).Spec!.Replicas.ShouldBe(Replicas);

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();

        DeploymentOf(world).Spec!.Replicas.ShouldBe(0);
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

    [Fact]
    public void The_sample_runs()
    {
        using var world = new ReleaseWorld();
        string Manifest(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "workload", file)).Replace("metadata:\n  name:", "metadata:\n  namespace: shop\n  name:", StringComparison.Ordinal);
        foreach (var file in (string[])["deployment.yaml", "rollout.yaml"]) world.Cluster.Kubectl.Apply(Manifest(file));
        world.UntilHealthy();
        world.Pods.Count.ShouldBe(10);
        world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, "payments")!.Spec!.Replicas.ShouldBe(0);

        world.Cluster.Kubectl.Apply(Manifest("deployment.yaml").Replace("payments:v1", "payments:v2", StringComparison.Ordinal).Replace("replicas: 10", "replicas: 0", StringComparison.Ordinal));
        world.Until(status => status.Release?.Step is { Index: 1 });

        world.RunningImages.Count(image => image.EndsWith(":v2", StringComparison.Ordinal)).ShouldBe(1);
        world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, "payments")!.Spec!.Replicas.ShouldBe(0);
    }

    private static V1Deployment DeploymentOf(ReleaseWorld world) => world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name)!;

    private static void Edit(ReleaseWorld world, RolloutYaml rollout)
    {
        var template = VirtualKubectl.Read(DeploymentYaml.Of(rollout, replicas: null)).Single()["spec"]!["template"]!;
        world.Cluster.Kubectl.Patch<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, new JsonObject { ["spec"] = new JsonObject { ["template"] = template.DeepClone() } }.ToJsonString());
    }

    private static void ScaleTo(ReleaseWorld world, int replicas) => world.Cluster.Kubectl.Scale<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, replicas);

    private static void Running(ReleaseWorld world, RolloutYaml rollout, int replicas = Replicas)
    {
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(rollout, replicas));
        world.Cluster.RunUntil(() => DeploymentOf(world).Status?.AvailableReplicas == replicas, TimeSpan.FromMinutes(5));
    }

    private static void TakenOver(ReleaseWorld world, RolloutYaml rollout)
    {
        Running(world, rollout);
        world.Deployed(rollout);
    }

    /// <summary>Pods of the Rollout that are available and not about to go.</summary>
    private static int Kept(ReleaseWorld world) => world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace, (Labels.Rollout, ReleaseWorld.Name))
        .Sum(set => Math.Min(set.Spec?.Replicas ?? 0, set.Status?.AvailableReplicas ?? 0));

    private static int ReadyPods(ReleaseWorld world) => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, ("app", "payments")).Count(pod => pod.Metadata.DeletionTimestamp is null && pod.IsReady());

    /// <summary>The ready pods that the Service selects which the traffic comes by.</summary>
    private static int ReadyBehindTheService(ReleaseWorld world)
    {
        var selector = world.Cluster.Get<V1Service>(ReleaseWorld.Namespace, RouteYaml.StableService)!.Spec!.Selector!;
        return world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, [.. selector.Select(pair => (pair.Key, pair.Value))]).Count(pod => pod.Metadata.DeletionTimestamp is null && pod.IsReady());
    }

    /// <summary>The fewest ready pods from now on that a Service selecting <c>app: payments</c> had after any write.</summary>
    private static Func<int> FewestReady(ReleaseWorld world)
    {
        var fewest = ReadyPods(world);
        world.Cluster.Observe(_ => fewest = Math.Min(fewest, ReadyPods(world)));
        return () => fewest;
    }
}
