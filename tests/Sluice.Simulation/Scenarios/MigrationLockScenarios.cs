using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.MigrationTrouble;

namespace Sluice.Simulation.Scenarios;

/// <summary>Who has a migration's lock, whatever somebody does to its Lease and however old the operator's view is.</summary>
public sealed class MigrationLockScenarios
{
    private const string Billing = "billing";

    [Fact]
    public void Without_any_time_to_wait_a_lock_that_is_free_is_taken_and_one_that_is_held_is_not_waited_for()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = $"lockTimeout: 0s\n{Expand("5m")}" });
        var job = RunningJob(world);

        world.Apply(Small with { Name = Billing, Migration = $"lockTimeout: 0s\n{Expand("5m")}" });
        world.UntilHealthy();

        world.Migrations.OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal).Select(migration => migration.Status!.State).ShouldBe([MigrationState.TimedOut, MigrationState.Succeeded]);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.Uid.ShouldBe(job.Metadata.Uid);
    }

    [Fact]
    public void Who_came_first_is_served_first_though_the_operator_never_heard_of_it()
    {
        using var world = new ReleaseWorld();
        world.StartOperator("sluice-deaf", Unaware("shipping-1-expand"));
        foreach (var name in new[] { ReleaseWorld.Name, "shipping" })
        {
            world.Apply(Small with { Name = name, Migration = Expand("3m") });
            world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        }

        world.KillOperator();
        world.Apply(Small with { Name = Billing, Migration = Expand("1s") });
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.StartOperator();
        world.Cluster.RunUntil(() => world.Migrations.All(migration => migration.Status?.State == MigrationState.Succeeded), TimeSpan.FromHours(1));

        world.Migrations.OrderBy(migration => migration.Status!.StartedAt).Select(migration => migration.Spec.Rollout).ShouldBe([ReleaseWorld.Name, "shipping", Billing]);
    }

    [Fact]
    public void A_lock_is_held_while_a_pod_of_a_deleted_Job_runs_that_the_operator_has_not_seen()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: Blind("pods"));
        world.Apply(Small with { Migration = Expand("3m") });
        var job = RunningJob(world);

        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!, """{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!, new DeleteOptions { PropagationPolicy = "Orphan" });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Unknown }], TimeSpan.FromMinutes(1));
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        Holder(world).ShouldBe("payments-1-expand");
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        Holder(world).ShouldBe("");
    }

    [Fact]
    public void An_operator_with_an_old_view_of_a_migration_takes_no_lock_for_what_has_ended()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Name = Billing, Migration = Expand("3m") });
        RunningJob(world);
        world.StartOperator("sluice-late", Late("migrations.sluice.dev", TimeSpan.FromSeconds(30)));
        world.Apply(Small with { Migration = Expand("1s") });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration.Spec.Rollout == ReleaseWorld.Name && migration.Status?.Lock?.ReleasedAt is not null), TimeSpan.FromMinutes(10));
        world.KillOperator();

        world.UntilHealthy();

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count.ShouldBe(2);
        Holder(world).ShouldBe("");
    }

    [Fact]
    public void A_lock_is_not_taken_from_a_deleted_migration_before_its_Job_has_ended()
    {
        using var world = new ReleaseWorld();
        var isFull = true;
        world.Cluster.Server.Hooks.BeforeCommit = request => isFull && IsPodOfAJob(request) ? ApiResponse.Failure(new ApiStatus(403, "Forbidden", "exceeded quota")) : world.Rights.Judge(request);
        world.Apply(Small with { Migration = Expand("3m") });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count == 1, TimeSpan.FromMinutes(1));
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand", new DeleteOptions { PropagationPolicy = "Orphan" });

        world.Apply(Small with { Name = Billing, Migration = Expand("1m") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        Holder(world).ShouldBe("payments-1-expand");
        isFull = false;
        var job = world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem();
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Succeeded }], TimeSpan.FromMinutes(40));

        world.Cluster.Get<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!)!.Status!.Succeeded.ShouldBe(1, "nobody had to delete it");
    }

    [Fact]
    public void A_lock_is_not_taken_from_a_migration_that_the_operator_never_heard_of()
    {
        using var world = new ReleaseWorld();
        Restart(world, request => !CreatesAJob(request));
        world.StartOperator("sluice-deaf", Unaware("payments-1-expand"));
        world.Apply(Small with { Migration = Expand("1s") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Running }], TimeSpan.FromMinutes(1));
        world.KillOperator();

        world.Apply(Small with { Name = Billing, Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        Holder(world).ShouldBe("payments-1-expand");
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_started_without_the_lock_and_what_is_on_record_has_it_whatever_somebody_did_to_the_Lease()
    {
        using var world = new ReleaseWorld();
        var mayCreate = false;
        Restart(world, request => mayCreate || !CreatesAJob(request));
        world.Apply(Small with { Migration = Expand("1m") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Running }], TimeSpan.FromMinutes(1));
        world.Apply(Small with { Name = Billing, Migration = Expand("5m") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        world.Cluster.Kubectl.Patch<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db", """{"spec":{"holderIdentity":"billing-1-expand"}}""");

        mayCreate = true;
        RunningJob(world).Metadata.Name!.ShouldStartWith(ReleaseWorld.Name);
        world.UntilHealthy();
        world.Cluster.RunUntil(() => world.Migrations.All(migration => migration.Status!.State == MigrationState.Succeeded), TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("billing-1-expand")]
    [InlineData("nobody")]
    public void Two_never_run_at_once_though_somebody_deletes_or_edits_the_Lease_of_the_first(string? holder)
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("5m") });
        var job = RunningJob(world);
        world.Apply(Small with { Name = Billing, Migration = Expand("1m") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        if (holder is null) world.Cluster.Kubectl.Delete<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db");
        else world.Cluster.Kubectl.Patch<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db", $$$"""{"spec":{"holderIdentity":"{{{holder}}}"}}""");

        world.Cluster.RunFor(TimeSpan.FromMinutes(3));
        RunningJob(world).Metadata.Uid.ShouldBe(job.Metadata.Uid);
        world.Migrations.Single(migration => migration.Spec.Rollout == Billing).Status!.Lock!.Summary.ShouldBe("1 in line, held by payments-1-expand");
        world.Cluster.RunUntil(() => world.Migrations.All(migration => migration.Status!.State == MigrationState.Succeeded), TimeSpan.FromMinutes(20));

        world.Migrations.OrderBy(migration => migration.Status!.StartedAt).Select(migration => migration.Spec.Rollout).ShouldBe([ReleaseWorld.Name, Billing]);
        Holder(world).ShouldBe("");
    }

    [Fact]
    public void A_lock_is_free_that_somebody_gave_to_a_migration_that_has_ended()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Small with { Migration = Expand("1s") });
        world.Cluster.Kubectl.Patch<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db", """{"spec":{"holderIdentity":"payments-1-expand"}}""");

        world.Apply(Small with { Name = Billing, Migration = Expand("1s") });
        world.Cluster.RunUntil(() => world.Migrations.Count(migration => migration.Status?.State == MigrationState.Succeeded) == 2, TimeSpan.FromMinutes(5));
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        Holder(world).ShouldBe("");
    }

    [Fact]
    public void A_Job_whose_pod_does_not_stop_at_its_timeout_ends_its_release_and_keeps_its_lock_until_an_Override()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("3h") });
        var pod = JobPods(world, RunningJob(world)).Single().Metadata.Name!;
        world.Cluster.Server.Hooks.BeforeCommit = request => request.UserAgent == VirtualCluster.LifeName && request.Path.Contains(pod, StringComparison.Ordinal)
            ? ApiResponse.Failure(new ApiStatus(503, "ServiceUnavailable", "its node is cut off"))
            : world.Rights.Judge(request);

        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(65));
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.TimedOut);
        Holder(world).ShouldBe("payments-1-expand");

        world.Decide(new DecisionSpec { Action = DecisionAction.Override, Subject = "lock/shared-db", Ticket = "INC-7", Revision = world.Status.LastRelease!.Revision });
        world.Cluster.RunUntil(() => Holder(world)!.Length == 0, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Of_three_that_want_a_lock_the_one_that_waits_longest_is_next()
    {
        using var world = new ReleaseWorld();
        foreach (var name in new[] { ReleaseWorld.Name, "shipping", Billing, "accounts" })
        {
            world.Apply(Small with { Name = name, Migration = Expand("3m") });
            world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        }

        world.Cluster.RunUntil(() => world.Migrations.All(migration => migration.Status?.State == MigrationState.Succeeded), TimeSpan.FromHours(1));

        world.Migrations.OrderBy(migration => migration.Status!.StartedAt).Select(migration => migration.Spec.Rollout).ShouldBe([ReleaseWorld.Name, "shipping", Billing, "accounts"]);
    }
}
