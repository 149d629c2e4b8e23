using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A Rollout is deleted while the Job of its contract or of its undo runs: the Migration is nobody's, and goes on under its own reconciler.</summary>
public sealed class MigrationDeletionScenarios
{
    private static readonly RolloutYaml Small = new() { Replicas = 2, MaxSurge = "1", Analysis = null, Steps = [] };

    [Theory]
    [InlineData(MigrationPhase.Contract)]
    [InlineData(MigrationPhase.Undo)]
    public void What_runs_is_waited_for_recorded_and_gives_its_lock_back(MigrationPhase phase)
    {
        using var world = new ReleaseWorld();
        DeletedDuring(world, phase, CancelPolicy.Wait);
        StateOf(world, phase).ShouldBe(MigrationState.Running);

        world.Cluster.RunUntil(() => StateOf(world, phase) == MigrationState.Succeeded, TimeSpan.FromMinutes(15));

        LockIsFree(world);
        if (phase == MigrationPhase.Undo) StateOf(world, MigrationPhase.Expand).ShouldBe(MigrationState.Undone);
    }

    [Theory]
    [InlineData(MigrationPhase.Contract)]
    [InlineData(MigrationPhase.Undo)]
    public void What_is_terminated_is_unknown_and_gives_its_lock_back(MigrationPhase phase)
    {
        using var world = new ReleaseWorld();
        DeletedDuring(world, phase, CancelPolicy.Terminate);

        world.Cluster.RunUntil(() => StateOf(world, phase) == MigrationState.Unknown, TimeSpan.FromMinutes(2));

        LockIsFree(world);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldNotContain(job => job.Status!.Active == 1);
    }

    [Fact]
    public void A_contract_of_which_nobody_knows_does_not_run_again_for_a_Rollout_that_is_made_again()
    {
        using var world = new ReleaseWorld();
        var v2 = DeletedDuring(world, MigrationPhase.Contract, CancelPolicy.Terminate);
        world.Cluster.RunUntil(() => StateOf(world, MigrationPhase.Contract) == MigrationState.Unknown, TimeSpan.FromMinutes(2));
        var jobs = Jobs(world);

        world.Apply(v2);
        world.UntilHealthy();

        Jobs(world).ShouldBe(jobs);
        world.Condition(ConditionTypes.ContractFailed)!.Message!.ShouldContain("payments-2-contract");
    }

    /// <summary>Until the Rollout is gone, and the Job of this phase still runs.</summary>
    private static RolloutYaml DeletedDuring(ReleaseWorld world, MigrationPhase phase, CancelPolicy policy)
    {
        var v1 = world.Deployed(Small);
        var v2 = v1.V(2) with { Migration = Migration(policy) };
        if (phase == MigrationPhase.Undo)
        {
            world.Apply(v2 with { Steps = ["setWeight: 50", "pause: {}"] });
            world.Until(status => status.Release?.Step?.Kind == StepKind.Pause, TimeSpan.FromHours(1));
            world.Decide(DecisionAction.Abort);
        }
        else
        {
            world.Apply(v2);
        }

        world.Cluster.RunUntil(() => StateOf(world, phase) == MigrationState.Running && world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromHours(1));
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => !world.Exists && world.Pods.Count == 0 && world.Releases.Count == 0, TimeSpan.FromMinutes(2));
        return v2;
    }

    private static MigrationState? StateOf(ReleaseWorld world, MigrationPhase phase) => world.Migrations.SingleOrDefault(migration => migration.Spec.Phase == phase)?.Status?.State;

    private static List<string> Jobs(ReleaseWorld world) => [.. world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Select(job => job.Metadata.Name!).Order(StringComparer.Ordinal)];

    private static void LockIsFree(ReleaseWorld world)
    {
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Spec!.HolderIdentity.ShouldBeNullOrEmpty();
    }

    private static string Migration(CancelPolicy policy) => $$"""
        cancelPolicy: {{policy}}
        annotations: {sandbox.sluice.dev/duration: 5m}
        expand: {command: [./migrate, up], timeout: 30m}
        contract: {command: [./migrate, contract], timeout: 30m}
        undo: {command: [./migrate, down], timeout: 30m}
        """;
}
