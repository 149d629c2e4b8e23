using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

public sealed class LockScenarios
{
    private static string Expand(string duration, string lockTimeout = "30m") => $$"""
        lock: shared-db
        lockTimeout: {{lockTimeout}}
        annotations: {sandbox.sluice.dev/duration: {{duration}}}
        expand: {command: [./migrate, up], timeout: 1h}
        """;

    [Fact]
    public void Two_Rollouts_with_one_lock_migrate_one_after_the_other_in_order()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Expand("5m") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Apply(new RolloutYaml { Name = "billing", Replicas = 1, Analysis = null, Steps = [], Migration = Expand("1m") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        var waiting = world.Migrations.Single(migration => migration.Spec.Rollout == "billing");
        waiting.Status!.State.ShouldBe(MigrationState.WaitingForLock);
        waiting.Status.Lock!.Holder.ShouldBe("payments-1-expand");
        world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!.Status!.Message!.ShouldContain("held by payments-1-expand");

        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(10));
        world.UntilHealthy();
        world.Migrations.ShouldAllBe(migration => migration.Status!.State == MigrationState.Succeeded);
        world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Spec!.HolderIdentity.ShouldBeNullOrEmpty();
    }

    [Fact]
    public void A_lock_that_is_not_free_in_time_fails_the_release()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Expand("20m") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Apply(new RolloutYaml { Name = "billing", Replicas = 1, Analysis = null, Steps = [], Migration = Expand("1m", lockTimeout: "5m") });

        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")?.Status?.LastRelease?.Outcome == Outcome.Failed, TimeSpan.FromMinutes(10));

        world.Migrations.Single(migration => migration.Spec.Rollout == "billing").Status!.Reason.ShouldBe("LockTimeout");
    }

    [Fact]
    public void A_Job_that_vanishes_is_unknown_and_never_started_again()
    {
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Expand("20m") });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(1));
        var job = world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Single();

        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!, """{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!);
        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(30));
        world.Cluster.RunFor(TimeSpan.FromHours(1));

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Unknown);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
        world.Status.LastRelease!.Reason.ShouldBe("MigrationUnknown");
    }

    [Fact]
    public void A_superseded_release_lets_its_running_migration_finish_before_the_next_one_takes_the_lock()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [] });
        world.Apply(v1.V(2) with { Migration = Expand("5m") });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(1));

        world.Apply(v1.V(3) with { Migration = Expand("1m") });
        world.UntilHealthy();

        world.Migrations.OrderBy(migration => migration.Spec.Release, StringComparer.Ordinal).Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Succeeded]);
        world.RunningImages.ShouldBe(["registry.example.com/payments:v3"]);
    }

    [Fact]
    public void A_terminated_migration_is_unknown_and_gives_its_lock_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [] });
        world.Apply(v1.V(2) with { Migration = "cancelPolicy: Terminate\n" + Expand("50m") });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(1));

        world.Apply(v1);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Unknown);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
        world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Spec!.HolderIdentity.ShouldBeNullOrEmpty();
    }
}
