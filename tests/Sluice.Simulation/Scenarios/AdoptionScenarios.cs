using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>ReplicaSets of the right name that are there already.</summary>
public sealed class AdoptionScenarios
{
    private static readonly RolloutYaml Small = new() { Replicas = 2, Analysis = null, Steps = [], Extra = "progressDeadlineSeconds: 60" };

    [Fact]
    public void Pods_that_an_orphaning_delete_has_left_are_taken_over_by_the_Rollout_that_is_made_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).ToList();
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, new DeleteOptions { PropagationPolicy = "Orphan" });
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.ControllerOwner().ShouldBeNull();

        world.Apply(v1);
        world.UntilHealthy();

        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(pods, ignoreOrder: true);
        world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.ControllerOwner()!.Uid.ShouldBe(world.Rollout.Metadata.Uid);
    }

    [Fact]
    public void A_ReplicaSet_that_another_controller_owns_is_left_to_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        var mayCreate = false;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Strikes = request => mayCreate || request.Method != HttpMethod.Post || !request.RequestUri!.AbsolutePath.EndsWith("/replicasets", StringComparison.Ordinal)
                    || request.RequestUri.Query.Contains("dryRun", StringComparison.Ordinal) ? null : ConnectionFault.ServerError,
            },
        });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Promoting);
        var stable = world.SetOf(world.Status.Stable!.Revision)!;
        var owner = new V1OwnerReference { ApiVersion = ApiGroup.ApiVersion, Kind = "Release", Name = "payments-1", Uid = world.Releases[0].Metadata.Uid!, Controller = true };
        var name = $"payments-{world.Release!.Revision}";
        world.Cluster.Kubectl.Create(new V1ReplicaSet
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = ReleaseWorld.Namespace, OwnerReferences = [owner] },
            Spec = stable.Spec! with { Replicas = 0 },
        });

        mayCreate = true;
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));

        world.Cluster.Get<V1ReplicaSet>(ReleaseWorld.Namespace, name)!.Metadata.OwnerReferences.ShouldHaveSingleItem().Uid.ShouldBe(owner.Uid);
        world.Cluster.Failures.ShouldContain(failure => failure.Error.Message.Contains("controlled by Release payments-1"));
    }
}
