using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Contracts and canaries of Rollouts that share a lock keep out of each other's way.</summary>
public sealed class ContractLockScenarios
{
    private const string Billing = "billing";
    private const string Migrator = "registry.example.com/migrator:v1";

    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] };

    [Fact]
    public void A_contract_waits_for_the_open_canary_of_another_Rollout_and_keeps_nobody_from_the_lock()
    {
        using var world = new ReleaseWorld();
        var (payments, billing) = BothDeployed(world);
        world.Apply(billing.V(2) with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Cluster.RunUntil(() => Of(world, Billing).Release?.Step?.Kind == StepKind.Pause, TimeSpan.FromMinutes(5));
        world.Apply(payments.V(2) with { Migration = Contract() });
        world.Cluster.RunUntil(() => ContractOf(world)?.Status?.Reason == Reasons.PodsInTheWay, TimeSpan.FromMinutes(10));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        var waiting = ContractOf(world)!.Status!;
        waiting.State.ShouldBe(MigrationState.WaitingForLock);
        waiting.Message.ShouldBe("waiting: Rollout billing, which shares lock shared-db, has an open canary");
        world.Status.Message!.ShouldContain("billing");
        world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Spec!.HolderIdentity.ShouldBeNullOrEmpty();

        world.Decide(new DecisionSpec { Rollout = Billing, Action = DecisionAction.Continue, Revision = Of(world, Billing).Release!.Revision });
        world.UntilHealthy();

        ContractOf(world)!.Status!.State.ShouldBe(MigrationState.Succeeded);
        Of(world, Billing).Phase.ShouldBe(Phase.Healthy);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_contract_that_waits_for_a_canary_longer_than_lockTimeout_is_owed()
    {
        using var world = new ReleaseWorld();
        var (payments, billing) = BothDeployed(world);
        world.Apply(billing.V(2) with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Cluster.RunUntil(() => Of(world, Billing).Release?.Step?.Kind == StepKind.Pause, TimeSpan.FromMinutes(5));
        world.Apply(payments.V(2) with { Migration = Contract() + "\nlockTimeout: 5m" });
        world.UntilHealthy();

        ContractOf(world)!.Status!.ShouldSatisfyAllConditions(status => status.State.ShouldBe(MigrationState.TimedOut), status => status.Reason.ShouldBe(Reasons.LockTimeout));
        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);
        world.Condition(ConditionTypes.ContractOwed)!.Message!.ShouldContain("has an open canary");
        world.Condition(ConditionTypes.ContractFailed).ShouldBeNull("it has not begun");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_canary_is_opened_while_a_contract_holds_the_lock(bool deletesTheLease)
    {
        using var world = new ReleaseWorld();
        var (payments, billing) = BothDeployed(world);
        world.Apply(payments.V(2) with { Migration = Contract("5m") });
        world.Cluster.RunUntil(() => ContractOf(world)?.Status?.State == MigrationState.Running, TimeSpan.FromMinutes(15));
        if (deletesTheLease) world.Cluster.Kubectl.Delete<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db");

        world.Apply(billing.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));

        ContractOf(world)!.Status!.State.ShouldBe(MigrationState.Running);
        Of(world, Billing).Release!.Stage.ShouldBe(Stage.Expanding);
        Of(world, Billing).Message!.ShouldContain("contract payments-2-contract holds the lock shared-db");
        world.Cluster.RunUntil(() => Of(world, Billing) is { Phase: Phase.Healthy, Release: null } && ContractOf(world)!.Status!.State == MigrationState.Succeeded, TimeSpan.FromMinutes(10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void No_canary_is_opened_beside_a_contract_that_the_operator_never_heard_of_and_whose_Lease_is_gone()
    {
        using var world = new ReleaseWorld();
        var (payments, billing) = BothDeployed(world);
        world.StartOperator("sluice-deaf", MigrationTrouble.Unaware("payments-2-contract"));
        world.Apply(payments.V(2) with { Migration = Contract("5m") });
        world.Cluster.RunUntil(() => ContractOf(world)?.Status?.State == MigrationState.Running, TimeSpan.FromMinutes(15));
        world.KillOperator();
        world.Cluster.Kubectl.Delete<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db");

        world.Apply(billing.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));

        ContractOf(world)!.Status!.State.ShouldBe(MigrationState.Running);
        Of(world, Billing).Release!.Stage.ShouldBe(Stage.Expanding);
    }

    [Fact]
    public void A_canary_is_opened_though_somebody_has_given_the_lock_to_a_contract_that_has_ended()
    {
        using var world = new ReleaseWorld();
        var (payments, billing) = BothDeployed(world);
        world.Deployed(payments.V(2) with { Migration = Contract() });
        world.Cluster.Kubectl.Patch<V1Lease>(ReleaseWorld.Namespace, "sluice-lock-shared-db", """{"spec":{"holderIdentity":"payments-2-contract"}}""");

        world.Apply(billing.V(2));

        world.Cluster.RunUntil(() => Of(world, Billing) is { Release: null, LastRelease.Name: "billing-2" }, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void The_place_in_the_queue_and_the_holder_are_told()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("10m") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Apply(Small with { Name = Billing, Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Apply(Small with { Name = "refunds", Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        Of(world, "refunds").Message!.ShouldContain("waiting for lock shared-db, 2 in line, held by payments-1-expand");
        world.Migrations.Single(migration => migration.Spec.Rollout == "refunds").Status!.Lock!.Summary.ShouldBe("2 in line, held by payments-1-expand");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lock_that_a_lost_pod_holds_is_freed_by_an_Override(bool deletesTheMigration)
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("1m") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Running }], TimeSpan.FromMinutes(2));
        world.Cluster.Kubectl.Apply($$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: cut-off
              namespace: {{ReleaseWorld.Namespace}}
              labels: {sluice.dev/migration: payments-1-expand}
              annotations: {sandbox.sluice.dev/unschedulable: "true"}
            spec: {containers: [{name: migrate, image: "{{Migrator}}"}]}
            """);
        world.UntilHealthy();
        if (deletesTheMigration) world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand");
        world.Apply(Small with { Name = Billing, Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.Migrations.Single(migration => migration.Spec.Rollout == Billing).Status!.Lock!.Holder.ShouldBe("payments-1-expand");
        world.AnswerTo(Override(world, "lock/another")).State.ShouldBe(DecisionState.Refused);

        world.AnswerTo(Override(world, "lock/shared-db")).State.ShouldBe(DecisionState.Applied);
        world.Cluster.RunUntil(() => Of(world, Billing).Phase == Phase.Healthy, TimeSpan.FromMinutes(5));

        world.Migrations.ShouldAllBe(migration => migration.Status!.State == MigrationState.Succeeded);
    }

    private static string Override(ReleaseWorld world, string subject) =>
        world.Decide(new DecisionSpec { Rollout = Billing, Action = DecisionAction.Override, Subject = subject, Revision = Of(world, Billing).Release!.Revision, Ticket = "INC-7" });

    private static (RolloutYaml Payments, RolloutYaml Billing) BothDeployed(ReleaseWorld world)
    {
        var billing = Small with { Name = Billing, Migration = Expand() };
        world.Apply(billing);
        var payments = world.Deployed(Small with { Migration = Expand() });
        world.Cluster.RunUntil(() => Of(world, Billing).Phase == Phase.Healthy, TimeSpan.FromMinutes(5));
        return (payments, billing);
    }

    private static RolloutStatus Of(ReleaseWorld world, string name) => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, name)?.Status ?? new RolloutStatus();

    private static Migration? ContractOf(ReleaseWorld world) => world.Migrations.FirstOrDefault(migration => migration is { Spec.Phase: MigrationPhase.Contract, Spec.Rollout: ReleaseWorld.Name });

    private static string Expand(string duration = "5s") => $$"""
        lock: shared-db
        image: {{Migrator}}
        annotations: {sandbox.sluice.dev/duration: {{duration}}}
        expand: {command: [./migrate, up], timeout: 30m}
        """;

    private static string Contract(string duration = "5s") => Expand(duration) + "\ncontract: {command: [./migrate, contract], timeout: 30m}";
}
