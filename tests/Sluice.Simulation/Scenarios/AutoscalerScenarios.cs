using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>A HorizontalPodAutoscaler on the scale subresource, while pods of two revisions serve.</summary>
public sealed class AutoscalerScenarios
{
    private static RolloutYaml Plan => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 25", "pause: {duration: 2m}", "setWeight: 50", "pause: {}"], Analysis = null };

    [Fact]
    public void Replicas_that_it_raises_and_the_weight_that_a_step_raises_meet_in_the_share_that_is_asked_for()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Deployed(Plan);
        var autoscaler = new Autoscaler(world, load: 400);
        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Rollout.Spec.Replicas.ShouldBe(4, "as many pods as the load asks for, the canary's among them");
        Split(world).ShouldBe((1, 3));
        autoscaler.Status!.CurrentMetrics!.Single().Pods!.Current!.AverageValue.ShouldBe("100", "what comes to four pods, of two revisions");

        autoscaler.Load(1200);
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));

        world.Release!.Step!.Index.ShouldBe(3);
        world.Rollout.Spec.Replicas.ShouldBe(12);
        Split(world).ShouldBe((6, 6));

        autoscaler.Load(600);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        Split(world).ShouldBe((3, 3));
        world.Status.Canary!.ActualWeight.ShouldBe(50);
    }

    [Fact]
    public void What_it_raises_in_the_middle_of_a_rollback_comes_of_the_stable_revision()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Deployed(Plan.With("sandbox.sluice.dev/ready-after", "20s"));
        var autoscaler = new Autoscaler(world, load: 400);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step is { Index: 3 });
        var stable = world.Status.Stable!.Revision;
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);

        autoscaler.Load(900);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Aborted);
        world.Rollout.Spec.Replicas.ShouldBe(9);
        world.Available(stable).ShouldBe(9);
        world.Pods.Count.ShouldBe(9);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void It_counts_no_pod_of_the_Deployment_that_is_taken_over_and_scales_the_Rollout_from_then_on()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = Plan with { ScaleDown = "Never" };
        world.Cluster.Kubectl.Apply(DeploymentYaml.Of(v1, replicas: 4));
        world.Apply(v1);
        world.Until(status => status is { Phase: Phase.Paused, Release: null });
        var autoscaler = new Autoscaler(world, load: 800);
        world.Cluster.RunFor(TimeSpan.FromSeconds(40));
        autoscaler.Status!.CurrentMetrics!.Single().Pods!.Current!.AverageValue.ShouldBe("100", "eight pods serve, and only its own four count");
        world.Rollout.Spec.Replicas.ShouldBe(4);

        world.Cluster.Kubectl.Scale<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name, 0);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Rollout.Spec.Replicas.ShouldBe(8);
        world.Pods.Count.ShouldBe(8);
        world.Status.Phase.ShouldBe(Phase.Healthy);
        world.Cluster.Get<V1Deployment>(ReleaseWorld.Namespace, DeploymentYaml.Name)!.Spec!.Replicas.ShouldBe(0);
    }

    [Fact]
    public void A_preview_of_a_blue_green_release_counts_and_both_sides_follow_what_it_asks_for()
    {
        using var world = new ReleaseWorld(routes: true);
        world.Cluster.Kubectl.Apply(RouteYaml.Services);
        var v1 = world.Deployed(Plan with { BlueGreen = $"{RouteYaml.BlueGreen}, autoPromote: false", Steps = [] });
        var autoscaler = new Autoscaler(world, load: 400);
        world.Apply(v1.V(2));
        world.Until(status => status.Phase == Phase.Paused);
        var (stable, preview) = (world.Status.Stable!.Revision, world.Release!.Revision);

        autoscaler.Load(2400);
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));

        var wanted = world.Rollout.Spec.Replicas;
        wanted.ShouldBeGreaterThan(4);
        (world.Available(stable), world.Available(preview)).ShouldBe((wanted, wanted));
        world.Decide(DecisionAction.Continue);
        world.Until(status => status is { Phase: Phase.Healthy, Release: null });
        world.Available(preview).ShouldBe(world.Rollout.Spec.Replicas);
    }

    private static (int Canary, int Stable) Split(ReleaseWorld world) => (world.Available(world.Release!.Revision), world.Available(world.Status.Stable!.Revision));
}
