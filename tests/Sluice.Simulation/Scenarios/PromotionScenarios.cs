using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

public sealed class PromotionScenarios
{
    private const string Expand = """
        image: registry.example.com/migrator:v2
        annotations: {sandbox.sluice.dev/duration: 5s, sandbox.sluice.dev/log: "applied 0002"}
        expand: {command: [./migrate, up], verify: [./migrate, check], timeout: 1m}
        """;

    [Fact]
    public void A_first_deployment_goes_straight_to_full_replicas_without_steps_or_analysis()
    {
        using var world = new ReleaseWorld();

        world.Deployed(new RolloutYaml());

        world.Status.Stable!.Summary.ShouldBe("10/10");
        world.Status.Canary.ShouldBeNull();
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        world.Releases.ShouldHaveSingleItem().Status!.Timeline.Select(entry => entry.To).ShouldBe(["Pending", "Promoting", "Promoted"]);
        world.Condition("Ready")!.Status.ShouldBe("True");
        world.Condition("Available")!.Status.ShouldBe("True");
        world.Prometheus.Queries.ShouldBe(0);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_good_revision_is_migrated_for_measured_and_promoted()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        var before = world.Pods.Count;

        world.Apply(v1.V(2) with { Migration = Expand });
        world.UntilHealthy();

        before.ShouldBe(10);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Status.Stable!.Summary.ShouldBe("10/10");
        var migration = world.Migrations.ShouldHaveSingleItem();
        migration.Status!.State.ShouldBe(MigrationState.Succeeded);
        migration.Status.Attempts.ShouldHaveSingleItem().Run!.Log.ShouldBe("applied 0002");
        migration.Status.Attempts[0].Verify!.ExitCode.ShouldBe(0);
        migration.Status.Lock!.Summary.ShouldBe("released");
        var release = world.Releases[^1];
        release.Status!.Outcome.ShouldBe(Outcome.Promoted);
        release.Status.Verdict.ShouldBe(Verdict.Pass);
        release.Status.Timeline.Select(entry => entry.To).Where(to => to is not ("Pass" or "Inconclusive"))
            .ShouldBe(["Pending", "Expanding", "Starting", "Step 1", "Step 2", "Step 3", "Step 4", "Promoting", "Promoted"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_promotion_restarts_no_pod_of_the_canary()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 3);
        var canary = world.Pods.Where(pod => pod.Spec!.Containers![0].Image!.EndsWith("v2", StringComparison.Ordinal)).Select(pod => pod.Metadata.Uid).ToList();

        world.UntilHealthy();

        canary.Count.ShouldBe(5);
        world.Pods.Select(pod => pod.Metadata.Uid).Intersect(canary).Count().ShouldBe(5);
    }

    [Fact]
    public void The_same_step_of_two_releases_is_told_by_two_events()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "setWeight: 50"], Analysis = null });
        world.Apply(v1.V(2));
        world.UntilHealthy();
        world.Apply(v1.V(3));
        world.UntilHealthy();

        var steps = world.Events.All.Where(said => said.Reason == "StepStarted").Select(said => said.Note).ToList();
        steps.Count.ShouldBe(4);
        steps.ShouldBeUnique();
    }

    [Fact]
    public void Without_steps_the_new_revision_replaces_the_old_one_within_surge_and_unavailable()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = [], Analysis = null, MaxSurge = "2", MaxUnavailable = "1" });

        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.RunningImages.Count.ShouldBe(10);
    }

    [Fact]
    public void With_no_replicas_the_revision_is_promoted_after_its_migration()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 0 });

        world.Apply(v1.V(2) with { Migration = Expand });
        world.UntilHealthy();

        world.Pods.ShouldBeEmpty();
        world.Status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void A_soak_keeps_watching_and_then_ends_as_promoted()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Soak = "10m" });

        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Status.Stable!.Images.ShouldBe(["registry.example.com/payments:v2"]);
        var entered = world.Cluster.Now;
        world.UntilHealthy();

        (world.Cluster.Now - entered).ShouldBeInRange(TimeSpan.FromMinutes(9.98), TimeSpan.FromMinutes(10.1));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_migration_that_was_done_by_an_earlier_release_is_skipped()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Migration = Expand });

        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Skipped], ignoreOrder: true);
        world.Cluster.List<Kubernetes.Models.V1Job>(ReleaseWorld.Namespace).Count(job => job.Metadata.Name!.EndsWith("-verify", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("pause: {duration: 5m}")]
    [InlineData("setWeight: 30")]
    public void A_step_is_taken_one_at_a_time(string step)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 10", step, "setWeight: 60"] });

        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Releases[^1].Status!.Timeline.Select(entry => entry.To).ShouldContain("Step 3");
    }

    [Fact]
    public void A_step_whose_pods_start_at_once_costs_three_writes()
    {
        using var world = new ReleaseWorld();
        var quick = new RolloutYaml { MaxSurge = "100%", Analysis = null, Steps = ["setWeight: 20", "setWeight: 30", "setWeight: 40"] }.With("sandbox.sluice.dev/ready-after", "100ms");
        var v1 = world.Deployed(quick);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        var before = world.Writes;

        world.Until(status => status.Release?.Step?.Index == 2);

        (world.Writes - before).ShouldBe(3, "more canary pods, fewer stable ones, and the step that follows");
    }

    [Fact]
    public void Pods_that_take_their_time_are_told_of_while_they_come()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Analysis = null, Steps = ["setWeight: 50"] });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "20s"));
        world.UntilStage(Stage.Starting);

        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.Status.Message!.ShouldContain("0 of");
        world.Status.Canary!.Summary.ShouldStartWith("0/");
    }
}
