using Sluice.Api;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>The number of pods changes, by a person or an autoscaler, while weights do.</summary>
public sealed class ScalingScenarios
{
    private static RolloutYaml Plan => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {}"], Analysis = null };

    [Fact]
    public void Scaled_during_an_update_with_a_surge_of_100_percent_and_an_image_that_crashes_stable_grows_and_comes_back_whole()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { MaxSurge = "100%" });
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.UntilStage(Stage.Starting);

        world.Patch("""{"spec":{"replicas":10}}""");
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Status.LastRelease!.Reason.ShouldBe(Reasons.CrashLooping);
        world.Available(stable).ShouldBe(10);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Pods_of_stable_that_are_not_ready_for_a_moment_are_not_given_up_for_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed((Plan with { Steps = [] }).With("sandbox.sluice.dev/crash", "40s"));
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "false").With("sandbox.sluice.dev/ready-after", "2m"));
        world.Cluster.RunUntil(() => world.Available(stable) < 4, TimeSpan.FromMinutes(1));
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.Available(world.Release!.Revision).ShouldBe(0);
        world.Desired(stable).ShouldBe(4);
        world.Cluster.RunUntil(() => world.Available(stable) == 4, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void An_autoscaler_that_raises_replicas_in_the_middle_of_a_rollback_gets_them_of_stable()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed((Plan with { Replicas = 6 }).With("sandbox.sluice.dev/ready-after", "20s"));
        var stable = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.Patch("""{"spec":{"replicas":12}}""");
        world.UntilEnded(Outcome.Aborted);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Available(stable).ShouldBe(12);
        world.Pods.Count.ShouldBe(12);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void An_autoscaler_and_the_weight_that_change_together_leave_the_share_that_the_step_asks_for()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Steps = ["setWeight: 25", "pause: {duration: 30s}", "setWeight: 50", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step is { Index: 2 });

        world.Patch("""{"spec":{"replicas":8}}""");
        world.Until(status => status.Release?.Step is { Index: 3 });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Available(world.Release!.Revision).ShouldBe(4);
        world.Available(world.Status.Stable!.Revision).ShouldBe(4);
        world.Status.Canary!.ActualWeight.ShouldBe(50);
    }

    [Fact]
    public void An_edit_of_minReadySeconds_holds_for_the_pods_that_are_there_as_with_a_Deployment_and_for_the_next_try()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3, Analysis = null, Steps = ["setWeight: 50", "pause: {}"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var (stable, canary) = (world.Status.Stable!.Revision, world.Release!.Revision);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        var before = world.Pods.Select(pod => pod.Metadata.Uid).ToHashSet();

        world.Patch("""{"spec":{"minReadySeconds":60}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        (world.SetOf(stable)!.Spec!.MinReadySeconds, world.Available(stable)).ShouldBe((60, 3));
        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(before, ignoreOrder: true, "no pod is restarted for it, and nothing is released");

        world.Decide(DecisionAction.Retry);
        world.UntilStage(Stage.Starting);
        var asked = world.Cluster.Now;
        world.UntilStage(Stage.Stepping);
        (world.Cluster.Now - asked).ShouldBeGreaterThan(TimeSpan.FromSeconds(60), "the canary's ReplicaSet was there before, with a minReadySeconds of 0");
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        world.Patch("""{"spec":{"minReadySeconds":5}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        new[] { stable, canary }.Select(revision => world.SetOf(revision)!.Spec!.MinReadySeconds).ShouldBe([5, 5]);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("routed")]
    [InlineData("switched")]
    public void Scaled_while_its_promotion_is_paused_a_Rollout_has_the_pods_that_its_traffic_needs_and_is_not_promoted(string how)
    {
        using var world = new ReleaseWorld(routes: true);
        var plan = new RolloutYaml { Replicas = 4, MaxSurge = "1", Analysis = null, Steps = how == "switched" ? [] : ["setWeight: 50"] };
        var v1 = how switch { "routed" => world.Routed(plan), "switched" => world.Switched(plan), _ => world.Deployed(plan) };
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Promoting);
        var (stable, canary) = (world.Status.Stable!.Revision, world.Release!.Revision);

        world.Patch("""{"spec":{"paused":true,"replicas":8}}""");
        ScaledTo(8).ShouldBe(how == "plain" ? (3, 5) : (8, 8), "the share that the promotion had come to, 3 of 5");
        world.Patch("""{"spec":{"replicas":2}}""");
        ScaledTo(2).ShouldBe(how == "plain" ? (1, 2) : (2, 2));
        world.Patch("""{"spec":{"replicas":0}}""");
        ScaledTo(0).ShouldBe((0, 0));
        world.Patch("""{"spec":{"replicas":3}}""");
        ScaledTo(3).ShouldBe(how == "plain" ? (3, 0) : (3, 3));

        world.Patch("""{"spec":{"paused":false}}""");
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 3));

        (int Stable, int Canary) ScaledTo(int replicas)
        {
            world.Cluster.RunFor(TimeSpan.FromMinutes(1));
            (world.Release!.Stage, world.Status.Stable!.Revision, world.Condition("Available")!.Status).ShouldBe((Stage.Promoting, stable, "True"), $"at {replicas}");
            return (world.Available(stable), world.Available(canary));
        }
    }

    [Fact]
    public void Scaled_while_a_release_is_paused_before_its_first_step_stable_follows()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 4, Analysis = null, Steps = ["setWeight: 50"] });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Stage == Stage.Pending && world.Releases.Count == 2);

        world.Patch("""{"spec":{"paused":true,"replicas":8}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        (world.Release!.Stage, world.Available(world.Status.Stable!.Revision)).ShouldBe((Stage.Pending, 8));
    }

    [Fact]
    public void A_later_step_may_lower_the_weight()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Replicas = 10, Steps = ["setWeight: 50", "pause: {duration: 1m}", "setWeight: 10", "pause: {duration: 1m}", "setWeight: 0", "pause: {duration: 1m}", "setWeight: 30"] });
        world.Apply(v1.V(2));
        foreach (var (step, canary, stable) in new[] { (1, 5, 5), (3, 1, 9), (5, 0, 10) })
        {
            world.Until(status => status.Release?.Step?.Index == step);
            world.Cluster.RunFor(TimeSpan.FromSeconds(30));
            world.Available(world.Release!.Revision).ShouldBe(canary);
            world.Available(world.Status.Stable!.Revision).ShouldBe(stable);
        }

        world.UntilHealthy();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 10));
    }

    [Fact]
    public void A_scaling_that_fails_once_is_tried_again_though_nothing_else_happens()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = [] });
        var failed = 0;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => request.Method == HttpMethod.Patch && failed++ == 0 ? ConnectionFault.ServerError : null },
        });

        world.Apply(v1 with { Replicas = 3 });
        world.UntilHealthy(TimeSpan.FromMinutes(1));

        failed.ShouldBe(2);
        world.RunningImages.Count.ShouldBe(3);
    }
}
