using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>The releases that all single faults are tried on: every stage, every way out of it, and what people do in between.</summary>
internal static class ReferenceReleases
{
    private const string Latency = """
        interval: 15s
        metrics:
        - name: latency
          threshold: {query: 'scalar(latency)', max: "1", failures: 2}
        """;

    private const string Expand = """
        lock: shared-db
        image: registry.example.com/migrator:v2
        annotations: {sandbox.sluice.dev/duration: 5s, sandbox.sluice.dev/log: "applied 0002"}
        expand: {command: [./migrate, up], verify: [./migrate, check], timeout: 1m}
        """;

    private const string Failing = """
        annotations: {sandbox.sluice.dev/duration: 5s, sandbox.sluice.dev/exit-code: "1"}
        expand: {command: [./migrate, up], retries: 1, idempotent: true}
        """;

    private static readonly RolloutYaml V1 = new RolloutYaml { Extra = "progressDeadlineSeconds: 60", Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] }
        .With("sandbox.sluice.dev/ready-after", "2s");

    private static readonly RolloutYaml V2 = V1.V(2) with { Steps = ["setWeight: 50", "pause: {duration: 20s}"] };

    public static IReadOnlyList<ReferenceRelease> All { get; } =
    [
        new("canary", Deployed, [Apply(V1.V(2) with { Migration = Expand, Analysis = Latency, Soak = "30s", Steps = ["setWeight: 50", "analysis: {minDuration: 30s}"] })])
        {
            Expected = world => ShouldEnd(world, Outcome.Promoted, 2),
        },
        new("migration-fails", Deployed, [Apply(V2 with { Migration = Failing })])
        {
            Expected = world => ShouldEnd(world, Outcome.Failed, 1),
        },
        new("migration-fails-once", Deployed, [Apply(V2 with { Migration = Failing.Replace("idempotent: true", "idempotent: false", StringComparison.Ordinal) })])
        {
            Expected = world =>
            {
                ShouldEnd(world, Outcome.Failed, 1);
                world.Migrations.Single().Status!.Attempts.Count.ShouldBe(1);
            },
        },
        new("rollback-starting", Deployed, [Apply((V2 with { Extra = "progressDeadlineSeconds: 60" }).With("sandbox.sluice.dev/unschedulable", "true"))])
        {
            Expected = world => ShouldEnd(world, Outcome.RolledBack, 1),
        },
        new("rollback-stepping", Deployed,
        [
            Apply(V2 with { Analysis = Latency, Steps = ["setWeight: 50", "analysis: {minDuration: 1m}"] }),
            new("latency rises", world => world.Release?.Step?.Kind == StepKind.Analysis, world => world.Prometheus.ThresholdValue = 2),
        ])
        {
            Expected = world => ShouldEnd(world, Outcome.RolledBack, 1),
        },
        new("revert-promoting", Deployed,
        [
            Apply(V2 with { Replicas = 3, Steps = ["setWeight: 40"] }),
            new("applies v1 again", world => world.Release?.Stage == Stage.Promoting, world => world.Apply(V1 with { Replicas = 3 })),
        ])
        {
            Expected = world => ShouldEnd(world, Outcome.Reverted, 1),
        },
        new("rollback-soaking", Deployed,
        [
            Apply(V2 with { Analysis = Latency, Soak = "5m", Steps = ["setWeight: 50"] }),
            new("latency rises", world => world.Release?.Stage == Stage.Soaking, world => world.Prometheus.ThresholdValue = 2),
        ])
        {
            Expected = world => ShouldEnd(world, Outcome.RolledBack, 1),
        },
        new("supersede", Deployed,
        [
            Apply(V2),
            new("applies v3", world => world.Release?.Step?.Kind == StepKind.Pause, world => world.Apply(V2.V(3))),
        ])
        {
            Expected = world => ShouldEnd(world, Outcome.Promoted, 3),
        },
        new("revert", Deployed,
        [
            Apply(V2),
            new("applies v1 again", world => world.Release?.Step?.Kind == StepKind.Pause, world => world.Apply(V1)),
        ])
        {
            Expected = world => ShouldEnd(world, Outcome.Reverted, 1),
        },
        new("shared-lock", world => world.Cluster.RunFor(TimeSpan.FromSeconds(1)),
        [
            Apply(V1 with { Replicas = 1, Migration = Expand }),
            Apply(V1 with { Name = "billing", Replicas = 1, Migration = Expand }),
        ])
        {
            Expected = world => world.Migrations.Select(migration => migration.Status!.State).ShouldBe([MigrationState.Succeeded, MigrationState.Succeeded]),
        },
    ];

    private static void Deployed(ReleaseWorld world)
    {
        world.Prometheus.ThresholdValue = 0.1;
        world.Deployed(V1);
    }

    private static PersonActs Apply(RolloutYaml rollout) => new($"applies {rollout.Name} {rollout.Image[^2..]}", _ => true, world => world.Apply(rollout));

    private static void ShouldEnd(ReleaseWorld world, Outcome outcome, int version)
    {
        world.Status.LastRelease!.Outcome.ShouldBe(outcome);
        world.RunningImages.Distinct().ShouldBe([$"registry.example.com/payments:v{version}"]);
    }
}
