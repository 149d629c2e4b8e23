using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.WorkloadTakeover;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Rollout takes over a Deployment that runs, and gives it back.</summary>
public sealed class WorkloadScenarios
{
    [Theory]
    [InlineData("OnSuccess")]
    [InlineData("Progressively")]
    public void A_running_Deployment_is_taken_over_and_at_no_moment_are_there_fewer_ready_pods_than_wanted(string mode)
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = mode };
        RunDeployment(world, v1);
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
        RunDeployment(world, v1);
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
        RunDeployment(world, v1);
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
        RunDeployment(world, v1);

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
        RunDeployment(world, v1);
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
        RunDeployment(world, v1);
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
        RunDeployment(world, v1);
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
        RunDeployment(world, Plan, replicas: 6);
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
        RunDeployment(world, v1, replicas: 6);
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
        RunDeployment(world, Plan);
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

    /// <summary>Pods of the Rollout that are available and not about to go.</summary>
    private static int Kept(ReleaseWorld world) => world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace, (Labels.Rollout, ReleaseWorld.Name))
        .Sum(set => Math.Min(set.Spec?.Replicas ?? 0, set.Status?.AvailableReplicas ?? 0));
}
