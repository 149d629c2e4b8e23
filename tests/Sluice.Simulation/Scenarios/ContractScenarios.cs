using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What is removed from a schema after a promotion, and when.</summary>
public sealed class ContractScenarios
{
    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] };

    [Fact]
    public void A_contract_runs_after_promotion_soak_and_the_last_old_pod()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Soak = "60s", Migration = Migration() });
        world.UntilStage(Stage.Soaking);
        world.Migrations.ShouldHaveSingleItem().Spec.Phase.ShouldBe(MigrationPhase.Expand);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        var soaked = world.Release!.StageStartedAt!.Value.AddSeconds(60);
        world.Release.Migration!.Contract!.EligibleAt.ShouldBe(soaked);
        world.Status.Message!.ShouldEndWith($"its contract may begin from {soaked:HH:mm:ss} UTC on");

        world.UntilHealthy();

        var contract = world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Contract);
        contract.Metadata.Name.ShouldBe("payments-2-contract");
        contract.Status!.State.ShouldBe(MigrationState.Succeeded);
        contract.Status.StartedAt!.Value.ShouldBeInRange(soaked, soaked.AddSeconds(30));
        world.Releases[^1].Status!.Migration!.Contract!.EligibleAt.ShouldBe(soaked);
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        world.Releases[^1].Status!.Migration!.Contract!.State.ShouldBe(MigrationState.Succeeded);
        world.Condition(ConditionTypes.ContractOwed).ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_first_deployment_contracts_too()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Small with { Migration = Migration() });

        world.Migrations.Select(migration => (migration.Spec.Phase, migration.Status!.State)).ShouldBe([(MigrationPhase.Contract, MigrationState.Succeeded), (MigrationPhase.Expand, MigrationState.Succeeded)], ignoreOrder: true);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void It_runs_too_where_somebody_has_deleted_the_Release_before()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Cluster.Kubectl.Delete<Release>(ReleaseWorld.Namespace, "payments-1");

        world.Apply(v1.V(2) with { Migration = Migration() });
        world.UntilHealthy();

        world.Releases.ShouldHaveSingleItem().Metadata.Name.ShouldBe("payments-2", "the status still knows the number 1");
        ContractsOf(world, "payments-2").ShouldBe([("payments-2-contract", MigrationState.Succeeded)]);
    }

    [Fact]
    public void A_failed_contract_does_not_demote()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration("20s", timeout: "10s") });
        world.UntilEnded(Outcome.Promoted);
        world.UntilHealthy();

        world.Status.LastRelease!.Message!.ShouldContain("its contract failed");
        world.Condition(ConditionTypes.ContractFailed)!.Status.ShouldBe(ConditionStatus.True);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.Status.Message!.ShouldEndWith("a Retry runs it again");
        world.ShouldBeAtRest();

        world.Apply(v1.V(3) with { Migration = Migration() });
        world.UntilHealthy();
        world.Condition(ConditionTypes.ContractFailed).ShouldBeNull("a later one has succeeded");
        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Refused, "nothing has failed since");
    }

    [Fact]
    public void A_soak_that_is_cut_short_owes_its_contract_to_the_next_promotion()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Soak = "10m", Migration = Migration() });
        world.UntilStage(Stage.Soaking);
        world.Apply(v1.V(3) with { Migration = Migration(), Steps = ["setWeight: 50", "pause: {duration: 20s}"] });
        world.UntilStage(Stage.Stepping);

        world.Releases[1].Status!.Outcome.ShouldBe(Outcome.Promoted);
        world.Status.OwedContracts.ShouldHaveSingleItem().Release.ShouldBe("payments-2");
        world.Condition(ConditionTypes.ContractOwed)!.Status.ShouldBe(ConditionStatus.True);
        world.UntilHealthy();

        world.Migrations.Where(migration => migration.Spec.Phase == MigrationPhase.Contract).OrderBy(migration => migration.Status!.StartedAt)
            .Select(migration => (migration.Metadata.Name, migration.Spec.Image, migration.Status!.State)).ShouldBe(
            [
                ("payments-2-contract", "registry.example.com/payments:v2", MigrationState.Superseded),
                ("payments-2-contract-in-3", "registry.example.com/payments:v2", MigrationState.Succeeded),
                ("payments-3-contract", "registry.example.com/payments:v3", MigrationState.Succeeded),
            ]);
        world.Status.OwedContracts.ShouldBeEmpty();
        world.Condition(ConditionTypes.ContractOwed).ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Going_back_to_the_revision_before_drops_the_contract_that_is_owed()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small with { Migration = Migration() });
        world.Apply(v1.V(2) with { Soak = "10m" });
        world.UntilStage(Stage.Soaking);

        world.Apply(v1);
        world.UntilHealthy();

        world.Status.OwedContracts.ShouldBeEmpty();
        world.ShouldBeAtRest();
        ContractsOf(world, "payments-2").ShouldBe([("payments-2-contract", MigrationState.Superseded), ("payments-2-contract-dropped", MigrationState.Superseded)]);
        world.Migrations.Single(migration => migration.Spec.Dropped).Status!.Reason.ShouldBe(Reasons.ContractDropped);
    }

    [Fact]
    public void A_release_that_comes_while_the_contract_runs_waits_for_its_end()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Migration(duration: "5m") });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Spec.Phase: MigrationPhase.Contract, Status.State: MigrationState.Running }), TimeSpan.FromMinutes(15));

        world.Apply(v1.V(3));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Release!.Stage.ShouldBe(Stage.Contracting);
        world.AnswerTo(world.Decide(DecisionAction.Abort)).State.ShouldBe(DecisionState.Late);
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
        world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Contract).Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void A_contract_waits_for_a_pod_of_an_old_revision_whoever_made_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Cluster.Kubectl.Apply($$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: debug
              namespace: {{ReleaseWorld.Namespace}}
              labels: {sluice.dev/rollout: payments, sluice.dev/revision: "0123456789"}
            spec: {containers: [{name: app, image: "registry.example.com/payments:v1"}]}
            """);
        world.Apply(v1.V(2) with { Migration = Migration() });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration.Status?.Reason == Reasons.PodsInTheWay), TimeSpan.FromMinutes(10));
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Status.Message!.ShouldContain("pod debug of revision 0123456789 is still there");
        world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Contract).Status!.StartedAt.ShouldBeNull();

        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, "debug");
        world.UntilHealthy();

        world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Contract).Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Fact]
    public void A_contract_that_waits_for_its_lock_gives_way_to_another_revision()
    {
        using var world = new ReleaseWorld();
        const string Migrator = "registry.example.com/migrator:v1";
        var v1 = world.Deployed(Small with { Migration = Expand(image: Migrator) });
        Hold(world, "2h");
        world.Apply(v1.V(2) with { Migration = Migration(image: Migrator) });
        world.UntilStage(Stage.Contracting, TimeSpan.FromHours(1));
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Spec.Phase: MigrationPhase.Contract, Status.State: MigrationState.WaitingForLock }), TimeSpan.FromMinutes(5));

        world.Apply(v1.V(3));
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
        world.Migrations.Where(migration => migration.Spec.Phase == MigrationPhase.Contract).Select(migration => (migration.Metadata.Name, migration.Status!.State)).ShouldBe(
            [("payments-2-contract", MigrationState.Superseded), ("payments-2-contract-in-3", MigrationState.TimedOut)], ignoreOrder: true);
        world.Status.OwedContracts.ShouldHaveSingleItem().Release.ShouldBe("payments-2");
    }

    [Fact]
    public void A_to_B_with_a_contract_and_back_expands_A_again()
    {
        using var world = new ReleaseWorld();
        var a = world.Deployed(Small with { Migration = Migration() });
        world.Apply(a.V(2));
        world.UntilHealthy();
        world.Apply(a);
        world.UntilHealthy();
        world.Apply(a.V(2));
        world.UntilHealthy();

        world.Migrations.OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal).Select(migration => $"{migration.Metadata.Name} {migration.Spec.Epoch} {migration.Status!.State}").ShouldBe(
        [
            "payments-1-contract 0 Succeeded",
            "payments-1-expand 0 Succeeded",
            "payments-2-contract 0 Succeeded",
            "payments-2-expand 0 Succeeded",
            "payments-3-contract 1 Succeeded",
            "payments-3-expand 1 Succeeded",
            "payments-4-contract 1 Succeeded",
            "payments-4-expand 1 Succeeded",
        ]);
    }

    [Fact]
    public void With_blue_green_the_contract_waits_for_the_scale_down_delay()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(Small with { ScaleDownDelay = "3m" });
        world.Apply(v1.V(2) with { Migration = Migration() });
        world.UntilStage(Stage.Contracting);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Migrations.ShouldNotContain(migration => migration.Spec.Phase == MigrationPhase.Contract);
        world.Pods.Count.ShouldBe(4);
        var eligible = world.Release!.Migration!.Contract!.EligibleAt!.Value;
        eligible.ShouldBe(world.Status.Traffic!.AllStableSince!.Value.AddMinutes(3));
        world.Status.Message!.ShouldStartWith($"payments-2-contract waits until the old pods are gone, from {eligible:HH:mm:ss} UTC on: ");

        world.UntilHealthy();

        world.Pods.Count.ShouldBe(2);
        var contract = world.Migrations.Single(migration => migration.Spec.Phase == MigrationPhase.Contract).Status!;
        contract.State.ShouldBe(MigrationState.Succeeded);
        contract.StartedAt!.Value.ShouldBeInRange(eligible, eligible.AddMinutes(1));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Behind_a_router_the_time_from_which_a_contract_may_begin_is_written_once_with_the_moment_that_it_counts_from()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(Small with { Traffic = RouteYaml.Traffic, ScaleDownDelay = "3m", Soak = "1m" });
        var told = new HashSet<(DateTimeOffset Since, DateTimeOffset Eligible)>();
        world.Cluster.Observe(_ =>
        {
            if (world.Status is { Traffic.AllStableSince: { } since, Release: { Stage: Stage.Soaking or Stage.Contracting, Migration.Contract.EligibleAt: { } eligible } }) told.Add((since, eligible));
        });

        world.Apply(v1.V(2) with { Migration = Migration() });
        world.UntilHealthy();

        var (from, at) = told.ShouldHaveSingleItem();
        at.ShouldBe(from.AddMinutes(3));
    }

    private static List<(string? Name, MigrationState? State)> ContractsOf(ReleaseWorld world, string release) =>
    [
        .. world.Migrations.Where(migration => migration.Spec.Phase == MigrationPhase.Contract && migration.Spec.Release == release)
            .OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal)
            .Select(migration => (migration.Metadata.Name, migration.Status?.State)),
    ];

    /// <summary>A Rollout whose migration has the lock for so long.</summary>
    private static void Hold(ReleaseWorld world, string duration)
    {
        world.Apply(Small with { Name = "billing", Migration = Expand(duration, timeout: "10h") });
        world.Cluster.RunUntil(() => world.Migrations.Any(migration => migration is { Spec.Rollout: "billing", Status.State: MigrationState.Running }), TimeSpan.FromMinutes(5));
    }

    /// <param name="duration">How long each of its Jobs takes.</param>
    /// <param name="timeout">How long the Job of the contract may take.</param>
    /// <param name="image">Of the Jobs; null for the application's.</param>
    private static string Migration(string duration = "5s", string timeout = "30m", string? image = null) => $$"""
        {{Expand(duration, image: image)}}
        contract: {command: [./migrate, contract], timeout: {{timeout}}}
        """;

    private static string Expand(string duration = "5s", string timeout = "30m", string? image = null) => $$"""
        lock: shared-db
        lockTimeout: 30m
        annotations: {sandbox.sluice.dev/duration: {{duration}}}{{(image is null ? "" : $"\nimage: {image}")}}
        expand: {command: [./migrate, up], timeout: {{timeout}}}
        """;
}
