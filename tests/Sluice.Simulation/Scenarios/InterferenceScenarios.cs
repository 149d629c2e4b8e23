using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>People and autoscalers change things while a release is in flight.</summary>
public sealed class InterferenceScenarios
{
    private const string SlowExpand = """
        annotations: {sandbox.sluice.dev/duration: 2m}
        expand: {command: [./migrate, up]}
        """;

    public static TheoryData<string> Stages => ["Expanding", "Starting", "Stepping", "Promoting", "Soaking"];

    private static RolloutYaml Slow => new RolloutYaml { Soak = "10m", MaxSurge = "1", Steps = ["setWeight: 20", "pause: {duration: 5m}", "setWeight: 50"], Analysis = null }
        .With("sandbox.sluice.dev/ready-after", "20s");

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_new_revision_supersedes_the_release_in_flight_at_every_stage(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.Apply(v1.V(3));
        world.UntilHealthy(TimeSpan.FromHours(2));

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
        world.RunningImages.Count.ShouldBe(10);
        var expected = stage == "Soaking" ? Outcome.Promoted : Outcome.Superseded;
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, expected, Outcome.Promoted]);
        world.ShouldBeAtRest();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Going_back_to_the_stable_revision_needs_no_steps_at_every_stage(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.Apply(v1);
        world.UntilHealthy(TimeSpan.FromHours(2));

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
        if (stage != "Soaking") world.Releases[1].Status!.Outcome.ShouldBe(Outcome.Reverted);
        world.ShouldBeAtRest();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void An_operator_that_is_killed_and_restarted_at_any_stage_goes_on_where_it_was(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));
        world.StartOperator();
        world.UntilHealthy(TimeSpan.FromHours(2));

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Releases.Count.ShouldBe(2);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count.ShouldBe(1);
        world.ShouldBeAtRest();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void While_paused_no_step_advances_and_resuming_goes_on(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow);
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        if (stage != "Soaking")
        {
            world.Release!.Stage.ShouldBe(Enum.Parse<Stage>(stage));
            world.Status.Phase.ShouldBe(Phase.Paused);
        }

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy(TimeSpan.FromHours(2));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void While_paused_a_failing_analysis_still_rolls_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 1h}"] });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "10%"));
        world.Until(status => status.Release?.Step?.Index == 0 || status.Release?.Stage == Stage.Starting);

        world.Patch("""{"spec":{"paused":true}}""");
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void While_paused_no_release_starts()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2) with { Paused = true });
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.Release.ShouldBeNull();
        world.Status.Phase.ShouldBe(Phase.Paused);
        world.Releases.Count.ShouldBe(1);
    }

    [Fact]
    public void A_pause_without_end_is_not_ended_by_setting_spec_paused_and_clearing_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromHours(10));

        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Patch("""{"spec":{"paused":false}}""");
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.Release!.Step!.Index.ShouldBe(1);
        world.Status.Phase.ShouldBe(Phase.Paused);
    }

    [Fact]
    public void Scaling_while_a_release_waits_keeps_the_weight_and_the_step()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 1, MaxSurge = "1", Steps = ["setWeight: 25", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2) with { Replicas = 1 });
        world.Until(status => status.Release?.Step?.Index == 1);

        foreach (var (replicas, canary, stable) in new[] { (8, 2, 6), (4, 1, 3) })
        {
            world.Patch($$$"""{"spec":{"replicas":{{{replicas}}}}}""");
            world.Cluster.RunFor(TimeSpan.FromMinutes(2));
            world.Available(world.Release!.Revision).ShouldBe(canary);
            world.Available(world.Status.Stable!.Revision).ShouldBe(stable);
            world.Release.Step!.Index.ShouldBe(1);
        }
    }

    [Fact]
    public void Stable_is_scaled_by_replicas_while_nothing_is_released()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 3 });

        foreach (var replicas in new[] { 9, 0, 5 })
        {
            world.Patch($$$"""{"spec":{"replicas":{{{replicas}}}}}""");
            world.UntilHealthy(TimeSpan.FromMinutes(5));
            world.Pods.Count.ShouldBe(replicas);
        }

        world.Releases.Count.ShouldBe(1);
    }

    [Fact]
    public void Editing_the_plan_leaves_the_release_in_flight_on_its_own()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Slow with { Soak = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Apply(v1.V(2) with { Steps = ["setWeight: 5"] });
        world.UntilHealthy();

        world.Releases.Count.ShouldBe(2);
        world.Releases[1].Status!.Timeline.Select(entry => entry.To).ShouldContain("Step 3");
    }

    [Fact]
    public void A_held_revision_is_released_again_once_the_spec_has_named_another_one()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        var bad = v1.V(2).With("sandbox.sluice.dev/error-rate", "20%");
        world.Apply(bad);
        world.UntilEnded(Outcome.RolledBack);

        world.Apply(v1);
        world.UntilHealthy();
        world.Apply(bad);
        world.Until(status => status.Release is not null, TimeSpan.FromMinutes(1));
        world.UntilEnded(Outcome.RolledBack);

        world.Releases.Count.ShouldBe(3);
    }

    [Fact]
    public void A_deleted_ReplicaSet_of_stable_is_created_again_from_its_Release()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 3 });

        world.Cluster.Kubectl.Delete<V1ReplicaSet>(ReleaseWorld.Namespace, world.SetOf(world.Status.Stable!.Revision)!.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Pods.Count.ShouldBe(3);
        world.Status.Phase.ShouldBe(Phase.Healthy);
    }

    [Fact]
    public void A_wiped_status_is_rebuilt_and_no_pod_is_restarted()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 3 });
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).Order().ToList();

        world.KillOperator();
        world.Cluster.Kubectl.Patch<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"metadata":{"annotations":{"touched":"yes"}}}""");
        WipeStatus(world);
        world.StartOperator();
        world.UntilHealthy(TimeSpan.FromMinutes(5));

        world.Pods.Select(pod => pod.Metadata.Uid).Order().ShouldBe(pods);
        world.Releases.Count.ShouldBe(1);
    }

    [Fact]
    public void A_first_deployment_that_was_aborted_is_held_though_the_status_is_lost()
    {
        using var world = new ReleaseWorld();
        var v1 = new RolloutYaml { Replicas = 3 }.With("sandbox.sluice.dev/ready-after", "20s");
        world.Apply(v1);
        world.UntilStage(Stage.Promoting);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        world.ShouldBeAtRest();

        TakeStatusAway(world);
        world.ShouldBeAtRest();

        world.Status.Stable.ShouldBeNull();
        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Status.LastRelease.ShouldNotBeNull().ShouldSatisfyAllConditions(
            last => last.Outcome.ShouldBe(Outcome.Aborted),
            last => last.Held.ShouldBeTrue());
        world.Pods.Count.ShouldBe(3);
        world.Releases.ShouldHaveSingleItem();

        world.Decide(DecisionAction.Retry);
        world.UntilHealthy();
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Aborted, Outcome.Promoted]);
    }

    [Fact]
    public void A_first_deployment_whose_status_is_lost_is_made_again_on_the_pods_that_it_has()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 3 }.With("sandbox.sluice.dev/ready-after", "20s"));
        world.UntilStage(Stage.Promoting);
        world.Cluster.RunUntil(() => world.Pods.Count == 3, TimeSpan.FromMinutes(1));
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).Order().ToList();

        TakeStatusAway(world);
        world.UntilHealthy();
        world.ShouldBeAtRest();

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Superseded, Outcome.Promoted]);
        world.Pods.Select(pod => pod.Metadata.Uid).Order().ShouldBe(pods);
    }

    [Fact]
    public void Pods_of_which_no_Release_tells_are_stable_when_the_status_is_lost()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3 });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.UntilEnded(Outcome.RolledBack);
        world.Cluster.Kubectl.Delete<Release>(ReleaseWorld.Namespace, world.Releases[0].Metadata.Name!);
        world.ShouldBeAtRest();

        TakeStatusAway(world);
        world.ShouldBeAtRest();

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Available(stable).ShouldBe(3);
        world.Pods.Count.ShouldBe(3);
    }

    [Fact]
    public void Deleting_the_Rollout_takes_its_pods_with_it_and_leaves_its_migrations()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 3, Migration = "expand: {command: [./migrate]}" });

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Pods.ShouldBeEmpty();
        world.Releases.ShouldBeEmpty();
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void A_Rollout_created_again_does_not_replay_its_migration()
    {
        using var world = new ReleaseWorld();
        var yaml = world.Deployed(new RolloutYaml { Replicas = 3, Migration = "expand: {command: [./migrate]}" });
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Apply(yaml);
        world.UntilHealthy();

        world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Skipped], ignoreOrder: true);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count.ShouldBe(1);
    }

    [Fact]
    public void Two_bad_revisions_in_a_row_leave_stable_untouched()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        var stable = world.Status.Stable!.Revision;

        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "true"));
        world.UntilStage(Stage.Starting);
        world.Apply(v1.V(3).With("sandbox.sluice.dev/crash", "true"));
        world.UntilEnded(Outcome.RolledBack);

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.Available(stable).ShouldBe(10);
        world.Pods.Count.ShouldBe(10);
    }

    private static void TakeStatusAway(ReleaseWorld world) =>
        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");

    private static void WipeStatus(ReleaseWorld world)
    {
        var fields = string.Join(',', new[] { "stable", "canary", "release", "lastRelease", "phase", "conditions", "revision" }.Select(field => $"\"{field}\":null"));
        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, $"{{\"status\":{{{fields}}}}}");
    }
}
