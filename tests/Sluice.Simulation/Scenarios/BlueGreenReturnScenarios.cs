using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.BlueGreenPlans;

namespace Sluice.Simulation.Scenarios;

/// <summary>Ways back to the revision before, and the pods that wait out their scale-down delay for it.</summary>
public sealed class BlueGreenReturnScenarios
{
    [Fact]
    public void Back_within_the_delay_the_steps_are_taken_where_the_last_try_did_not_make_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "1h", Migration = "expand: {command: [./migrate]}\nannotations: {sandbox.sluice.dev/duration: 20s}" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilHealthy();
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand");
        world.Apply(v1);
        world.UntilStage(Stage.Expanding);
        world.Apply(v1.V(2));
        world.UntilEnded(Outcome.Reverted);
        world.Available(before).ShouldBe(10);

        world.Apply(v1);
        world.Until(status => status.LastRelease?.Name == "payments-4");

        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.To == "Step 1");
    }

    [Fact]
    public void Back_after_the_delay_the_steps_are_taken_for_the_pods_are_gone()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1);
        world.Apply(v1.V(2));
        world.UntilHealthy();
        world.Cluster.RunUntil(() => world.RunningImages.Distinct().Count() == 1, TimeSpan.FromMinutes(1));

        world.Apply(v1);
        world.UntilStage(Stage.Promoting);

        world.Releases[^1].Spec.Strategy.BlueGreen!.PrePromotion.Count.ShouldBe(1);
        world.Release!.Timeline.ShouldContain(entry => entry.To == "Step 1");
    }

    [Theory]
    [InlineData(Stage.Starting)]
    [InlineData(Stage.Stepping)]
    [InlineData(Stage.Promoting)]
    [InlineData(Stage.Soaking)]
    public void From_each_stage_the_way_back_leads_to_the_old_revision(Stage stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(stage);

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.Status.Stable!.Revision.ShouldBe(before);
        (world.Traffic.Selected(Active), world.Traffic.Selected(Preview)).ShouldBe((before, before));
        world.ShouldBeAtRest();
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 10));
    }

    [Fact]
    public void Within_the_delay_the_way_back_is_the_turn_of_a_Service_and_takes_no_pod()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m", ScaleDownDelay = "5m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(4));
        var old = world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == before).Select(pod => pod.Metadata.Uid).ToHashSet();
        old.Count.ShouldBe(10);

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        var asked = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - asked).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        world.UntilEnded(Outcome.Aborted);
        world.Cluster.RunFor(TimeSpan.FromMinutes(6));
        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(old, ignoreOrder: true);
    }

    [Fact]
    public void After_the_delay_the_old_pods_come_back_before_the_Service_turns()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Soak = "10m" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Available(before).ShouldBe(0);

        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Cluster.RunFor(TimeSpan.FromSeconds(2));
        (world.Traffic.Selected(Active) == world.Release!.Revision, world.Status.Canary!.ActualWeight).ShouldBe((true, 100), "until the turn all of the traffic is still the bad revision's");
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(2));

        world.Traffic.Endpoints(Active).ShouldBe(10);
        world.UntilEnded(Outcome.Aborted);
    }

    [Fact]
    public void A_promoted_revision_that_fails_in_the_soak_goes_back_at_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(new RolloutYaml { Steps = [], BlueGreen = RouteYaml.BlueGreen, Soak = "30m", ScaleDownDelay = "30m" });
        var before = world.Status.Stable!.Revision;

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilStage(Stage.RollingBack);
        var failed = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - failed).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromHours(1));
        world.Status.Stable!.Revision.ShouldBe(before);
    }

    [Fact]
    public void The_next_release_does_not_wait_for_a_long_delay_and_the_old_pods_stay_for_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "1h" });
        world.Apply(v1.V(2));
        world.UntilHealthy();
        var promoted = world.Cluster.Now;

        world.Apply(v1.V(3));
        world.UntilStage(Stage.Stepping, TimeSpan.FromMinutes(1));
        world.Decide(new DecisionSpec { Action = DecisionAction.Pause });
        world.RunningImages.Count(image => image.EndsWith("v1", StringComparison.Ordinal)).ShouldBe(10);

        world.Cluster.RunUntil(() => !world.RunningImages.Any(image => image.EndsWith("v1", StringComparison.Ordinal)), TimeSpan.FromHours(2));
        (world.Cluster.Now - promoted).ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        world.Release!.Stage.ShouldBe(Stage.Stepping);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Back_to_a_revision_whose_pods_are_still_there_no_step_is_taken(bool byDecision)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { ScaleDownDelay = "10m", Steps = ["pause: {}"] });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step is not null);
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();

        if (byDecision) world.Decide(new DecisionSpec { Action = DecisionAction.RollBack, ToRelease = "payments-1" });
        else world.Apply(v1);
        world.Until(status => status.Release?.Name == "payments-3");
        var asked = world.Cluster.Now;
        world.Cluster.RunUntil(() => world.Traffic.Selected(Active) == before, TimeSpan.FromMinutes(1));

        (world.Cluster.Now - asked).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        UntilPromoted(world, "payments-3");
        world.Releases[^1].Status!.Timeline.ShouldContain(entry => entry.Reason == Reasons.InstantReturn);
    }

    [Fact]
    public void An_aborted_revision_takes_its_steps_again_though_its_pods_are_still_there()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { BlueGreen = RouteYaml.BlueGreen, ScaleDownDelay = "10m", Soak = "10m" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Soaking);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(30));

        world.Decide(DecisionAction.Retry);
        world.UntilStage(Stage.Stepping);

        world.Release!.Step!.Kind.ShouldBe(StepKind.Pause);
    }
}
