using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A contract that is owed is known by what outlives a status, and a Rollout: it is paid once, and only by a revision from after it.</summary>
public sealed class OwedContractScenarios
{
    private const string Migration = """
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: 5s}
        expand: {command: [./migrate, up]}
        contract: {command: [./migrate, contract]}
        """;

    /// <summary>Version 1, which never had a migration.</summary>
    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] };

    [Fact]
    public void A_Rollout_that_is_deleted_and_made_again_pays_what_is_owed()
    {
        using var world = new ReleaseWorld();
        Owing(world);
        world.Condition(ConditionTypes.ContractOwed)!.Message!.ShouldContain("payments-2");
        Deleted(world);

        world.Apply(Version(3));
        world.Until(status => status.Release is { Number: 4 });
        world.Condition(ConditionTypes.ContractOwed)!.Message!.ShouldContain("read back from Migration payments-2-contract");
        world.UntilHealthy();

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-in-4 Succeeded", "payments-4-contract Succeeded"]);
        world.Status.OwedContracts.ShouldBeEmpty();
        world.Condition(ConditionTypes.ContractOwed).ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void One_that_is_made_again_with_the_revision_that_owes_pays_once()
    {
        using var world = new ReleaseWorld();
        Owing(world);
        Deleted(world);

        world.Deployed(Version(2));

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-in-4 Succeeded", "payments-4-contract Skipped"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void One_that_is_made_again_with_a_revision_from_before_drops_it_for_good()
    {
        using var world = new ReleaseWorld();
        Owing(world);
        Deleted(world);
        world.Deployed(Small);
        world.ShouldBeAtRest();
        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-dropped Superseded"]);
        world.Status.OwedContracts.ShouldBeEmpty();
        Deleted(world);

        // Built on what was gone back to: it may need what that contract would have removed.
        world.Deployed(Version(4));

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-dropped Superseded", "payments-4-contract Succeeded"]);
    }

    [Fact]
    public void A_status_that_is_lost_in_the_next_soak_forgets_nothing_that_is_owed()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Small);
        world.Apply(Version(2) with { Soak = "10m" });
        world.UntilStage(Stage.Soaking);
        world.Apply(Version(3) with { Soak = "10m" });
        world.Until(status => status.Release is { Number: 3, Stage: Stage.Soaking });

        LoseStatus(world);
        world.Until(status => status.Release is { Number: 4 });
        world.Status.OwedContracts.ShouldHaveSingleItem().Release.ShouldBe("payments-2", "release 3 was not promoted for good");
        world.UntilHealthy();

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-in-4 Succeeded", "payments-4-contract Succeeded"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_status_that_is_lost_while_a_contract_waits_for_its_lock_leaves_it_owed()
    {
        using var world = new ReleaseWorld();
        var migration = $"{Migration}\nlockTimeout: 2h\nimage: registry.example.com/migrator:v1";
        world.Deployed(Small with { Migration = migration.Replace("contract: {command: [./migrate, contract]}\n", "", StringComparison.Ordinal) });
        world.Apply(Small with { Name = "billing", Migration = "lock: shared-db\nannotations: {sandbox.sluice.dev/duration: 1h}\nexpand: {command: [./migrate, up], timeout: 2h}" });
        world.Cluster.RunUntil(() => world.Migrations.Any(other => other is { Spec.Rollout: "billing", Status.State: MigrationState.Running }), TimeSpan.FromMinutes(5));
        world.Apply(Small.V(2) with { Migration = migration });
        world.Cluster.RunUntil(() => world.Migrations.Any(other => other is { Metadata.Name: "payments-2-contract", Status.State: MigrationState.WaitingForLock }), TimeSpan.FromMinutes(15));

        LoseStatus(world);
        world.UntilHealthy();
        world.Status.OwedContracts.ShouldHaveSingleItem().Release.ShouldBe("payments-2");
        world.Apply(Small.V(3) with { Migration = migration });
        world.UntilHealthy(TimeSpan.FromHours(2));

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-in-3 Succeeded", "payments-3-contract Skipped"]);
        world.Status.OwedContracts.ShouldBeEmpty();
    }

    [Fact]
    public void Going_back_is_remembered_when_the_status_is_lost_thereafter()
    {
        using var world = new ReleaseWorld();
        Owing(world);
        world.Apply(Small);
        world.UntilHealthy();

        LoseStatus(world);
        world.UntilHealthy();
        world.Apply(Version(4));
        world.UntilHealthy();

        Contracts(world).ShouldBe(["payments-2-contract Superseded", "payments-2-contract-dropped Superseded", "payments-5-contract Succeeded"]);
        world.ShouldBeAtRest();
    }

    /// <summary>Version 2 is promoted, and its soak was cut short by version 3, which waits at its first step.</summary>
    private static void Owing(ReleaseWorld world)
    {
        world.Deployed(Small);
        world.Apply(Version(2) with { Soak = "10m" });
        world.UntilStage(Stage.Soaking);
        world.Apply(Version(3) with { Steps = ["setWeight: 50", "pause: {}"] });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Status.OwedContracts.ShouldHaveSingleItem().Release.ShouldBe("payments-2");
    }

    private static RolloutYaml Version(int version) => Small.V(version) with { Migration = Migration };

    private static void Deleted(ReleaseWorld world)
    {
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(5));
    }

    private static void LoseStatus(ReleaseWorld world) => world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");

    private static List<string> Contracts(ReleaseWorld world) =>
    [
        .. world.Migrations.Where(migration => migration.Spec is { Phase: MigrationPhase.Contract, Rollout: ReleaseWorld.Name })
            .Select(migration => $"{migration.Metadata.Name} {migration.Status?.State}")
            .Order(StringComparer.Ordinal),
    ];
}
