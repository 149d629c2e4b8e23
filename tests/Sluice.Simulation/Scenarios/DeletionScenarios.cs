using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What a release is for goes away while it runs.</summary>
public sealed class DeletionScenarios
{
    private const string SlowExpand = "annotations: {sandbox.sluice.dev/duration: 2m}\nexpand: {command: [./migrate, up]}";

    public static TheoryData<string> Stages => ["Expanding", "Starting", "Stepping", "Promoting", "Soaking", "RollingBack"];

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_Rollout_deleted_at_any_stage_takes_pods_and_Releases_with_it_and_its_migration_is_finished_and_recorded(string stage)
    {
        using var world = new ReleaseWorld();
        Released(world, stage);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Exists.ShouldBeFalse();
        world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).ShouldNotContain(pod => pod.Metadata.Label(Labels.Revision) != null && pod.Metadata.ControllerOwner()!.Kind == "ReplicaSet");
        world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).ShouldBeEmpty();
        world.Releases.ShouldBeEmpty();
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
        world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).ShouldAllBe(lease => string.IsNullOrEmpty(lease.Spec!.HolderIdentity));
        world.ShouldBeAtRest();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_namespace_deleted_at_any_stage_is_emptied_and_holds_nobody_up(string stage)
    {
        using var world = new ReleaseWorld();
        Released(world, stage);

        world.Cluster.Kubectl.Delete<V1Namespace>(null, ReleaseWorld.Namespace);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));

        world.Cluster.Kubectl.Get<V1Namespace>(null, ReleaseWorld.Namespace).ShouldBeNull();
        world.Exists.ShouldBeFalse();
        world.Migrations.ShouldBeEmpty();
        world.Pods.ShouldBeEmpty();
        world.ShouldBeAtRest();
    }

    private static void Released(ReleaseWorld world, string stage)
    {
        var v1 = world.Deployed(new RolloutYaml { Replicas = 4, Soak = "10m", MaxSurge = "1", Steps = ["setWeight: 25", "pause: {duration: 5m}"], Analysis = null }.With("sandbox.sluice.dev/ready-after", "20s"));
        world.Apply(v1.V(2) with { Migration = SlowExpand });
        if (stage == nameof(Stage.RollingBack))
        {
            world.UntilStage(Stage.Promoting);
            world.Decide(DecisionAction.Abort);
        }

        world.UntilStage(Enum.Parse<Stage>(stage));
        if (stage == nameof(Stage.Expanding)) world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count > 0, TimeSpan.FromMinutes(1));
    }
}
