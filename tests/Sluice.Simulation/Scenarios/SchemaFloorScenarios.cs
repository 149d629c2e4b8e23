using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What an irreversible contract has left behind does not run again, unless a person names it.</summary>
public sealed class SchemaFloorScenarios
{
    private const string Migration = """
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: 5s}
        expand: {command: [./migrate, up]}
        contract: {command: [./migrate, contract], irreversible: true}
        """;

    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [], Migration = Migration };

    [Fact]
    public void A_spec_that_goes_back_below_the_floor_is_refused_and_the_pods_stay()
    {
        using var world = new ReleaseWorld();
        var (v1, old) = Contracted(world);
        world.Status.SchemaFloor.ShouldBe(2);
        var pods = PodUids(world);

        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);

        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.BelowSchemaFloor);
        world.ShouldBeAtRest();
        PodUids(world).ShouldBe(pods);
        world.Releases.Count.ShouldBe(2);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1" })).State.ShouldBe(DecisionState.Refused);

        world.Apply(v1.V(2));
        world.UntilHealthy();
        PodUids(world).ShouldBe(pods);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1" })).Message!.ShouldContain($"floor/{old}");
    }

    [Fact]
    public void The_rollback_window_does_not_lead_below_the_floor()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small with { Extra = "rollbackWindow: 3" });
        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Apply(v1);
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.BelowSchemaFloor);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void An_Override_that_names_the_revision_lets_it_run_once()
    {
        using var world = new ReleaseWorld();
        var (v1, old) = Contracted(world);
        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);
        world.AnswerTo(Override(world, "floor/0123456789")).State.ShouldBe(DecisionState.Refused);

        world.AnswerTo(Override(world, $"floor/{old}")).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.Migrations.Single(migration => migration.Metadata.Name == "payments-3-expand").Spec.Epoch.ShouldBe(1, "its schema is made again");
        world.Status.FloorOverride.ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Rollout_that_is_deleted_and_made_again_knows_its_floor()
    {
        using var world = new ReleaseWorld();
        var (v1, old) = Contracted(world);
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(5));

        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);
        world.ShouldBeAtRest();
        world.Pods.ShouldBeEmpty();
        world.Status.SchemaFloor.ShouldBe(2);
        world.AnswerTo(world.Decide(new DecisionSpec { Action = DecisionAction.Override, Subject = $"floor/{old}", Revision = old, Ticket = "INC-7" })).State.ShouldBe(DecisionState.Applied);
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.Status.SchemaFloor.ShouldBe(3, "its own contract has begun again");
    }

    [Fact]
    public void It_knows_by_the_migrations_which_revision_an_Override_has_let_back()
    {
        using var world = new ReleaseWorld();
        var (v1, old) = Contracted(world);
        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);
        Override(world, $"floor/{old}");
        world.UntilHealthy();
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(5));

        world.Deployed(v1);

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void It_knows_by_the_contract_what_came_before_and_never_had_a_migration()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small with { Migration = null });
        world.Apply(v1.V(2) with { Migration = Migration });
        world.UntilHealthy();
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(5));

        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);

        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.BelowSchemaFloor);
        world.Pods.ShouldBeEmpty();
    }

    [Fact]
    public void One_that_is_made_again_as_it_was_runs_no_migration_again()
    {
        using var world = new ReleaseWorld();
        var (v1, _) = Contracted(world);
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(5));

        world.Deployed(v1.V(2));

        world.Migrations.Where(migration => migration.Spec.Release == "payments-3").Select(migration => migration.Status!.State).ShouldBe([MigrationState.Skipped, MigrationState.Skipped]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_status_that_is_lost_while_the_contract_runs_does_not_bring_the_old_revision_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration.Replace("5s", "3m", StringComparison.Ordinal) });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Metadata.Name: "payments-2-contract", Status.State: MigrationState.Running }), TimeSpan.FromMinutes(15));

        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");
        world.UntilHealthy();

        world.Status.SchemaFloor.ShouldBe(2);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Cluster.RunUntil(() => world.Migrations.All(migration => migration.Status?.State is MigrationState.Succeeded or MigrationState.Skipped), TimeSpan.FromMinutes(5));
        world.ShouldBeAtRest();

        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"], "and not though it is lost once more");
    }

    [Fact]
    public void A_contract_that_nobody_waits_for_after_its_first_attempt_has_begun_all_the_same()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small with { Migration = null });
        world.Apply(v1.V(2) with { Migration = Migration.Replace("irreversible: true", "irreversible: true, idempotent: true, retries: 3", StringComparison.Ordinal) });
        world.Cluster.RunUntil(() => ContractPod(world) is not null, TimeSpan.FromMinutes(10));
        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, ContractPod(world)!.Metadata.Name!);
        world.Cluster.RunUntil(() => Contract(world) is { Status.Attempt: 2 }, TimeSpan.FromMinutes(10));
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0 && Contract(world)!.Status!.FinishedAt is not null, TimeSpan.FromMinutes(5));

        Contract(world)!.Status!.State.ShouldBe(MigrationState.Failed);
        world.Apply(v1);
        world.Until(status => status.Phase == Phase.Degraded);
        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.BelowSchemaFloor);
        world.Pods.ShouldBeEmpty();
    }

    private static V1Pod? ContractPod(ReleaseWorld world) => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, (Labels.MigrationPhase, "contract")).FirstOrDefault(pod => pod.Status?.Phase == "Running");

    private static Migration? Contract(ReleaseWorld world) => world.Migrations.SingleOrDefault(migration => migration.Spec.Phase == MigrationPhase.Contract);

    /// <summary>Version 2 with its contract done, and the revision of version 1.</summary>
    private static (RolloutYaml V1, string Old) Contracted(ReleaseWorld world)
    {
        var v1 = world.Deployed(Small with { Migration = Migration });
        var old = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));
        return (v1, old);
    }

    private static string Override(ReleaseWorld world, string subject) =>
        world.Decide(new DecisionSpec { Action = DecisionAction.Override, Subject = subject, Revision = world.Status.LastRelease!.Revision, Ticket = "INC-7" });

    private static IReadOnlyList<string?> PodUids(ReleaseWorld world) => [.. world.Pods.Select(pod => pod.Metadata.Uid).Order(StringComparer.Ordinal)];
}
