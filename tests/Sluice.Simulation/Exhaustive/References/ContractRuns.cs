using Sluice.Api;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>What is removed after a promotion, and what is taken back after a rollback.</summary>
internal static class ContractRuns
{
    private const string Shared = """
        lock: shared-db
        image: registry.example.com/migrator:v1
        annotations: {sandbox.sluice.dev/duration: 5s}
        expand: {command: [./migrate, up]}
        """;

    private const string Contract = Shared + "\ncontract: {command: [./migrate, contract], verify: [./migrate, check], irreversible: true}";

    private const string HangingContract = """
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: 20s}
        expand: {command: [./migrate, up]}
        contract: {command: [./migrate, contract], timeout: 10s}
        """;

    private const string Undo = Quick + "\nundo: {command: [./migrate, down]}";

    private static readonly RolloutYaml Straight2 = Small2 with { Steps = [] };

    private static readonly RolloutYaml Billing = Small1 with { Name = "billing", Migration = Shared };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("contract", SmallDeployed, [Apply(Straight2 with { Migration = Contract })])
        {
            Expected = world =>
            {
                Ends(Outcome.Promoted, 2)(world);
                StateOf(world, "payments-2-contract").ShouldBe(MigrationState.Succeeded);
                world.Status.SchemaFloor.ShouldBe(2);
            },
        },
        new("contract-fails", SmallDeployed, [Apply(Straight2 with { Migration = HangingContract })])
        {
            Expected = world =>
            {
                Ends(Outcome.Promoted, 2)(world);
                StateOf(world, "payments-2-contract").ShouldBe(MigrationState.TimedOut);
            },
        },
        new("contract-owed", SmallDeployed, [Apply(Straight2 with { Migration = Contract, Soak = "1m" }), Apply(Stage.Soaking, Straight2.V(3) with { Migration = Shared })])
        {
            AlsoRight = (_, result) => result.Contains("payments-2: Promoted", StringComparison.Ordinal) && result.Contains("payments-3: Promoted", StringComparison.Ordinal),
            Expected = world =>
            {
                Ends(3, Outcome.Promoted, Outcome.Promoted)(world);
                StateOf(world, "payments-2-contract-in-3").ShouldBe(MigrationState.Succeeded);
            },
        },
        new("contract-beside-a-canary", BothDeployed,
        [
            Apply(Straight2 with { Migration = Contract }),
            new("applies billing v2", world => world.Release?.Stage is Stage.Promoting or Stage.Contracting, world => world.Apply(Billing.V(2) with { Steps = ["setWeight: 50", "pause: {duration: 20s}"] })),
        ])
        {
            // Which of the two goes first is a matter of moments.
            AlsoRight = (_, result) => result.Contains("payments: Healthy, stable registry.example.com/payments:v2", StringComparison.Ordinal) && result.Contains("billing: Healthy, stable registry.example.com/payments:v2", StringComparison.Ordinal)
                && result.Contains("payments-2-contract: Succeeded", StringComparison.Ordinal),
            Expected = world => StateOf(world, "payments-2-contract").ShouldBe(MigrationState.Succeeded),
        },
        new("below-the-floor", Contracted, [Apply(Small1 with { Migration = Shared })])
        {
            Expected = world =>
            {
                world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.BelowSchemaFloor);
                world.RunningImages.ShouldBe(["registry.example.com/payments:v2"]);
            },
        },
        new("undo", SmallDeployed, [Apply(Small2 with { Migration = Undo }), Decide(IsPausing, DecisionAction.Abort)])
        {
            Expected = world =>
            {
                Ends(Outcome.Aborted, 1)(world);
                StateOf(world, "payments-2-expand").ShouldBe(MigrationState.Undone);
                StateOf(world, "payments-2-undo").ShouldBe(MigrationState.Succeeded);
            },
        },
    ];

    private static void BothDeployed(ReleaseWorld world)
    {
        world.Apply(Billing);
        world.Deployed(Small1 with { Migration = Shared });
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(5));
    }

    private static void Contracted(ReleaseWorld world)
    {
        world.Deployed(Small1 with { Migration = Shared });
        world.Deployed(Straight2 with { Migration = Contract });
    }

    private static MigrationState? StateOf(ReleaseWorld world, string name) => world.Migrations.Single(migration => migration.Metadata.Name == name).Status!.State;
}
