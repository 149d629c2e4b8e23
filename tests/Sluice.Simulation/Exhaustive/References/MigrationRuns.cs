using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Exhaustive.References.Plans;

namespace Sluice.Simulation.Exhaustive.References;

/// <summary>What may become of a migration.</summary>
internal static class MigrationRuns
{
    private const string Failing = """
        annotations: {sandbox.sluice.dev/duration: 5s, sandbox.sluice.dev/exit-code: "1"}
        expand: {command: [./migrate, up], retries: 1, idempotent: true}
        """;

    private const string Hanging = """
        lock: shared-db
        annotations: {sandbox.sluice.dev/duration: 1h}
        expand: {command: [./migrate, up], timeout: 20s}
        """;

    private static readonly RolloutYaml Small3 = Small2.V(3) with { Steps = [] };

    /// <summary>Locks are about migrations alone: there are no pods.</summary>
    private static readonly RolloutYaml Empty = Small1 with { Replicas = 0, Migration = Quick };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("migration-fails", SmallDeployed, [Apply(Small2 with { Migration = Failing })])
        {
            Expected = world =>
            {
                Ends(Outcome.Failed, 1)(world);
                world.Migrations.Single().Status!.Attempts.Count.ShouldBe(2);
            },
        },
        new("migration-is-not-verified", SmallDeployed,
        [
            Apply(Small2 with { Migration = Expand }),
            new("deletes the pod that verifies", world => Verifying(world) is not null, world => world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, Verifying(world)!)),
        ])
        {
            Expected = world =>
            {
                Ends(Outcome.Failed, 1)(world);
                world.Migrations.Single().Status!.Attempts.Single().Run!.ExitCode.ShouldBe(0);
            },
        },
        new("migration-unknown", SmallDeployed,
        [
            Apply(Small2 with { Migration = Hanging, Steps = [] }),
            new("deletes the Job", world => world.Migrations is [{ Status.Attempts: [{ Run.Uid: not null }] }], world => world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, world.Migrations[0].Status!.Attempts[0].Run!.Job)),
            new("Override", HasEnded(Outcome.Failed), world => world.Decide(new DecisionSpec
            {
                Action = DecisionAction.Override,
                Subject = $"migration/{world.Migrations[0].Metadata.Name}",
                Ticket = "INC-7",
                Revision = world.Status.LastRelease!.Revision,
            })),
            Decide(world => world.Migrations[0].Status!.State == MigrationState.Succeeded, DecisionAction.Retry),
        ])
        {
            Expected = Ends(2, Outcome.Failed, Outcome.Promoted),
        },
        new("migration-terminated", SmallDeployed,
        [
            Apply(Small2 with { Migration = Hanging + "\ncancelPolicy: Terminate" }),
            new("applies v3", world => world.Migrations is [{ Status.Attempts: [{ Run.Uid: not null }] }], world => world.Apply(Small3)),
        ])
        {
            AlsoRight = (_, result) => PromotedAfterSuperseding(result),
            Expected = world =>
            {
                Ends(3, Outcome.Superseded, Outcome.Promoted)(world);
                world.Migrations.Single().Status!.State.ShouldBe(MigrationState.Unknown);
            },
        },
        new("shared-lock", Nothing, [Apply(Empty), Apply(Empty with { Name = "billing" })])
        {
            Expected = world => world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Succeeded]),
        },
        new("lock-hangs", Nothing, [Apply(Empty with { Migration = Hanging }), Apply(Empty with { Name = "billing" })])
        {
            Expected = world => world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.TimedOut]),
        },
    ];

    private static string? Verifying(ReleaseWorld world) => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace)
        .FirstOrDefault(pod => pod.Metadata.Name!.Contains("-verify", StringComparison.Ordinal) && pod.Status?.Phase == "Running" && pod.Metadata.DeletionTimestamp is null)?.Metadata.Name;
}
