using Sluice.Api;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Weights of 0 and of 100 among the steps.</summary>
public sealed class WeightScenarios
{
    [Fact]
    public void A_first_weight_of_0_makes_no_pod_before_the_next()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 4, Steps = ["setWeight: 0", "pause: {duration: 1m}", "setWeight: 50", "pause: {duration: 1m}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));

        world.UntilHealthy();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
    }

    [Fact]
    public void From_a_weight_of_100_the_way_back_gives_up_no_pod_before_a_stable_one_is_there()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3, MaxSurge = "2", Steps = ["setWeight: 100", "pause: {}", "setWeight: 0", "pause: {}", "setWeight: 100", "pause: {}"], Analysis = null });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        var canary = world.Release!.Revision;
        (world.Available(stable), world.Available(canary), world.Status.Stable!.Revision).ShouldBe((0, 3, stable), "it is not promoted yet");

        foreach (var replicas in (int[])[5, 3])
        {
            world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, replicas);
            world.Cluster.RunFor(TimeSpan.FromMinutes(1));
            (world.Available(stable), world.Available(canary)).ShouldBe((0, replicas));
        }

        world.Decide(DecisionAction.Continue);
        world.Until(status => status.Release?.Step?.Index == 3);
        (world.Available(stable), world.Available(canary)).ShouldBe((3, 0));
        world.Decide(DecisionAction.Continue);
        world.Until(status => status.Release?.Step?.Index == 5);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 3));
        world.ShouldBeAtRest();
    }
}
