using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>An autoscaler on the scale subresource, while pods of two revisions serve.</summary>
public sealed class AutoscalerScenarios
{
    private const double PerPod = 100;

    private static RolloutYaml Plan => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 25", "pause: {duration: 2m}", "setWeight: 50", "pause: {}"], Analysis = null };

    [Fact]
    public void Replicas_that_it_raises_and_the_weight_that_a_step_raises_meet_in_the_share_that_is_asked_for()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        var autoscaler = new Autoscaler(world, PerPod) { Load = 400 };
        world.Apply(v1.V(2));
        autoscaler.RunFor(TimeSpan.FromMinutes(1));
        world.Rollout.Spec.Replicas.ShouldBe(4, "as many pods as the load asks for, the canary's among them");
        Split(world).ShouldBe((1, 3));

        autoscaler.Load = 1200;
        autoscaler.RunFor(TimeSpan.FromMinutes(3));

        world.Release!.Step!.Index.ShouldBe(3);
        world.Rollout.Spec.Replicas.ShouldBe(12);
        Split(world).ShouldBe((6, 6));
        autoscaler.Selected.ShouldBe(12);

        autoscaler.Load = 600;
        autoscaler.RunFor(TimeSpan.FromMinutes(2));
        Split(world).ShouldBe((3, 3));
        world.Status.Canary!.ActualWeight.ShouldBe(50);
    }

    [Fact]
    public void What_it_raises_in_the_middle_of_a_rollback_comes_of_the_stable_revision()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan.With("sandbox.sluice.dev/ready-after", "20s"));
        var autoscaler = new Autoscaler(world, PerPod) { Load = 400 };
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step is { Index: 3 });
        var stable = world.Status.Stable!.Revision;
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);

        autoscaler.Load = 900;
        autoscaler.RunFor(TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Aborted);
        world.Rollout.Spec.Replicas.ShouldBe(9);
        world.Available(stable).ShouldBe(9);
        world.Pods.Count.ShouldBe(9);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void It_counts_no_pod_of_the_Deployment_that_is_taken_over_and_scales_the_Rollout_from_then_on()
    {
        using var world = new ReleaseWorld();
        var v1 = Plan with { ScaleDown = "Never" };
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(v1, replicas: 4));
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        var autoscaler = new Autoscaler(world, PerPod) { Load = 400 };
        autoscaler.RunFor(TimeSpan.FromSeconds(30));
        autoscaler.Selected.ShouldBe(4);

        world.Cluster.Kubectl.Scale<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, 0);
        world.UntilHealthy();
        autoscaler.Load = 700;
        autoscaler.RunFor(TimeSpan.FromMinutes(1));

        world.Pods.Count.ShouldBe(7);
        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name)!.Spec!.Replicas.ShouldBe(0);
    }

    private static (int Canary, int Stable) Split(ReleaseWorld world) => (world.Available(world.Release!.Revision), world.Available(world.Status.Stable!.Revision));
}
