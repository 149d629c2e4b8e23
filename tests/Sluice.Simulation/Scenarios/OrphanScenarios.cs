using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What belongs to nobody, and was a Rollout's, is taken over by it, as a Deployment takes over its ReplicaSets.</summary>
public sealed class OrphanScenarios
{
    [Fact]
    public void A_Rollout_that_left_its_dependents_behind_and_is_made_again_goes_on_where_it_was()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3 });
        world.Apply(v1.V(2));
        world.UntilHealthy();
        var stable = world.Status.Stable!.Revision;
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).Order().ToList();

        LeaveBehind(world);
        world.Apply(v1.V(2));
        world.UntilHealthy(TimeSpan.FromMinutes(1));
        world.ShouldBeAtRest();

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.Pods.Select(pod => pod.Metadata.Uid).Order().ShouldBe(pods);
        world.Releases.Select(release => release.Spec.Number).ShouldBe([1, 2]);
        OwnersOf(world).ShouldAllBe(owner => owner == world.Rollout.Metadata.Uid);
        world.Rights.Refused.ShouldBeEmpty();
    }

    [Fact]
    public void A_release_whose_Rollout_was_made_again_on_the_way_begins_anew_and_leaves_no_pod_behind()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 5 });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Canary is { Available: > 0 });

        LeaveBehind(world);
        world.Apply(v1.V(3));
        world.Until(status => status.Stable?.Revision == stable, TimeSpan.FromMinutes(1));
        world.UntilHealthy();
        world.ShouldBeAtRest();

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
        world.RunningImages.Distinct().ShouldHaveSingleItem();
        world.Pods.Count.ShouldBe(5);
        OwnersOf(world).ShouldAllBe(owner => owner == world.Rollout.Metadata.Uid);
    }

    [Fact]
    public void What_another_controller_has_or_is_named_otherwise_is_not_taken_over()
    {
        using var world = new ReleaseWorld();
        world.Deployed(new RolloutYaml { Replicas = 3 });
        world.Apply(new RolloutYaml { Name = "billing", Replicas = 1 });
        var billing = world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")!;
        var own = world.SetOf(world.Status.Stable!.Revision)!;
        world.Cluster.Kubectl.Create(Copy(own, "payments-by-hand", owner: null));
        world.Cluster.Kubectl.Create(Copy(own, "payments-0000000000", new V1OwnerReference { ApiVersion = ApiGroup.ApiVersion, Kind = Rollout.KindName, Name = "billing", Uid = billing.Metadata.Uid!, Controller = true }));
        world.ShouldBeAtRest();

        LeaveBehind(world);
        world.Apply(new RolloutYaml { Replicas = 3 });
        world.UntilHealthy(TimeSpan.FromMinutes(1));

        world.Cluster.Get<V1ReplicaSet>(ReleaseWorld.Namespace, "payments-by-hand")!.Metadata.ControllerOwner().ShouldBeNull();
        world.Cluster.Get<V1ReplicaSet>(ReleaseWorld.Namespace, "payments-0000000000")!.Metadata.ControllerOwner()!.Name.ShouldBe("billing");

        static V1ReplicaSet Copy(V1ReplicaSet set, string name, V1OwnerReference? owner) => new()
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = ReleaseWorld.Namespace, Labels = set.Metadata.Labels, OwnerReferences = owner is null ? null : [owner] },
            Spec = set.Spec! with { Replicas = 0 },
        };
    }

    [Fact]
    public void A_ReplicaSet_whose_owner_somebody_took_away_is_taken_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3 });
        var first = world.SetOf(world.Status.Stable!.Revision)!.Metadata.Name!;
        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Cluster.Kubectl.Patch<V1ReplicaSet>(ReleaseWorld.Namespace, first, """{"metadata":{"ownerReferences":null}}""");
        world.ShouldBeAtRest();

        OwnersOf(world).ShouldAllBe(owner => owner == world.Rollout.Metadata.Uid);
        world.Status.Phase.ShouldBe(Phase.Healthy);
    }

    /// <summary><c>kubectl delete rollout --cascade=orphan</c>.</summary>
    private static void LeaveBehind(ReleaseWorld world)
    {
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, DeleteOptions.Background with { PropagationPolicy = "Orphan" });
        world.Cluster.RunUntil(() => !world.Exists, TimeSpan.FromMinutes(1));
    }

    private static IEnumerable<string?> OwnersOf(ReleaseWorld world) =>
        world.Releases.Select(release => release.Metadata).Concat(world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).Select(set => set.Metadata)).Select(item => item.ControllerOwner()?.Uid);
}
