using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What counts against <c>progressDeadlineSeconds</c>, and what does not.</summary>
public sealed class DeadlineScenarios
{
    private static RolloutYaml V1 => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {}"], Analysis = null };

    [Fact]
    public void Pods_of_a_first_deployment_that_come_after_its_deadline_are_stable_with_a_Retry()
    {
        using var world = new ReleaseWorld();
        world.Apply((V1 with { Extra = "progressDeadlineSeconds: 60" }).With("sandbox.sluice.dev/ready-after", "90s"));
        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(3));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var pods = world.Pods.Select(pod => pod.Metadata.Uid).ToHashSet();
        (world.Status.Phase, world.Status.LastRelease!.Reason, world.Status.ReadyReplicas).ShouldBe((Phase.Degraded, Reasons.ProgressDeadlineExceeded, 4));

        world.Decide(DecisionAction.Retry);
        world.UntilHealthy(TimeSpan.FromMinutes(1));

        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(pods, ignoreOrder: true);
        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Failed, Outcome.Promoted]);
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pods_that_are_lost_in_a_pause_may_take_longer_than_the_deadline_to_come_back(bool routed)
    {
        using var world = new ReleaseWorld(routes: routed);
        var slow = V1.With("sandbox.sluice.dev/ready-after", "2m");
        var v1 = routed ? world.Routed(slow) : world.Deployed(slow);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var canary = world.Release!.Revision;
        world.Patch("""{"spec":{"progressDeadlineSeconds":60}}""");

        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == canary)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(100));
        (world.Available(canary), world.Release.Step!.Kind, world.Status.Phase).ShouldBe((0, StepKind.Pause, Phase.Paused));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        (world.Available(canary), world.Release.Step!.Kind, world.Status.Canary!.ActualWeight).ShouldBe((2, StepKind.Pause, 50));
        world.Release.Timeline.ShouldNotContain(entry => entry.Reason == Reasons.ProgressDeadlineExceeded);
    }

    [Fact]
    public void A_scale_down_delay_longer_than_the_deadline_is_no_want_of_progress()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 50", "pause: {duration: 10s}"], ScaleDownDelay = "10m", Extra = "progressDeadlineSeconds: 60" });
        world.Apply(v1.V(2));
        world.UntilHealthy(TimeSpan.FromMinutes(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(9));
        (world.Status.Phase, world.Pods.Count).ShouldBe((Phase.Healthy, 8));
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        (world.Status.Phase, world.Pods.Count).ShouldBe((Phase.Healthy, 4));

        world.Apply(v1.V(3));
        world.UntilStage(Stage.Stepping);
        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(1));
        world.Cluster.RunFor(TimeSpan.FromMinutes(11));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
    }

    [Fact]
    public void A_step_that_lowers_the_weight_to_0_does_not_wait_for_the_delay_of_the_canarys_pods()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 50", "setWeight: 0", "pause: {}", "setWeight: 50"], ScaleDownDelay = "10m", Extra = "progressDeadlineSeconds: 60" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 2, TimeSpan.FromMinutes(1));
        (world.Traffic.Weight, world.Available(world.Release!.Revision)).ShouldBe((0, 2), "they wait out their delay");

        world.Cluster.RunFor(TimeSpan.FromMinutes(11));
        (world.Release!.Step!.Index, world.Available(world.Release.Revision)).ShouldBe((2, 0));
        world.Decide(DecisionAction.Continue);
        world.UntilEnded(Outcome.Promoted, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Promoted_in_full_an_image_that_cannot_be_pulled_is_taken_back_at_the_deadline_all_the_same()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1 with { Extra = "progressDeadlineSeconds: 60" });
        var before = world.Pods.Select(pod => pod.Metadata.Uid).ToHashSet();
        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "true"));
        world.UntilStage(Stage.Starting);

        world.AnswerTo(world.Decide(DecisionAction.PromoteFull)).State.ShouldBe(DecisionState.Applied);
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.ShouldSatisfyAllConditions(last => last.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded), last => last.Message!.ShouldContain("pull"));
        world.Pods.Select(pod => pod.Metadata.Uid).ShouldBe(before, ignoreOrder: true, "no pod of stable was given up for it");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Promoted_in_full_after_a_missed_deadline_pods_that_miss_the_next_one_are_told_of_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1 with { Extra = "progressDeadlineSeconds: 60\nonProgressDeadline: Pause" });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/unschedulable", "true"));
        world.Until(status => status.Phase == Phase.Paused);

        world.Decide(DecisionAction.PromoteFull);
        world.UntilStage(Stage.Promoting);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Refused, "nothing waits for it before the deadline");
        world.Until(status => status.Phase == Phase.Paused, TimeSpan.FromMinutes(3));

        world.Release!.Timeline.Count(entry => entry.Reason == Reasons.ProgressDeadlineExceeded).ShouldBe(2);
        world.AnswerTo(world.Decide(DecisionAction.Continue)).State.ShouldBe(DecisionState.Applied);
    }

    [Fact]
    public void A_release_that_begins_within_the_delay_of_the_one_before_does_not_wait_for_it()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { Steps = ["setWeight: 50", "pause: {duration: 1m}"], ScaleDownDelay = "1h" });
        world.Apply(v1.V(2));
        world.UntilHealthy();
        var promoted = world.Cluster.Now;

        world.Apply(v1.V(3));
        world.Cluster.RunUntil(() => world.Traffic.Weight == 50, TimeSpan.FromSeconds(30));
        world.Decide(DecisionAction.Pause);
        world.RunningImages.Count(image => image.EndsWith("v1", StringComparison.Ordinal)).ShouldBe(4, "they have an hour to end what they do");
        world.Cluster.RunUntil(() => !world.RunningImages.Any(image => image.EndsWith("v1", StringComparison.Ordinal)), TimeSpan.FromHours(2));

        (world.Cluster.Now - promoted).ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        world.Decide(DecisionAction.Resume);
        world.UntilEnded(Outcome.Promoted);
        world.Until(status => status.LastRelease!.Name == "payments-3");
    }

    [Fact]
    public void Steps_that_take_longer_than_the_deadline_are_no_want_of_progress()
    {
        using var world = new ReleaseWorld();
        var plan = new RolloutYaml
        {
            Replicas = 4,
            Steps = ["setWeight: 50", "pause: {duration: 5m}", ChecksYaml.Step("", ChecksYaml.Job("load", 300)), "analysis: {minDuration: 5m}"],
            Soak = "5m",
            Extra = "progressDeadlineSeconds: 30",
        };
        var v1 = world.Deployed(plan);

        world.Apply(v1.V(2));
        world.Until(status => status.LastRelease is { Name: "payments-2", Outcome: Outcome.Promoted });

        var timeline = world.Releases[^1].Status!.Timeline;
        timeline.ShouldNotContain(entry => entry.Reason == Reasons.ProgressDeadlineExceeded || entry.Reason == Reasons.CatchingUp);
        (timeline[^1].At - timeline[0].At).ShouldBeGreaterThan(TimeSpan.FromMinutes(20));
    }

    [Fact]
    public void A_preview_that_is_late_is_waited_for_where_the_plan_says_so_and_then_tried_out()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Switched(V1 with { Steps = ["pause: {}"], BlueGreen = RouteYaml.BlueGreen, Extra = "progressDeadlineSeconds: 60\nonProgressDeadline: Pause" });
        var before = world.Status.Stable!.Revision;
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "3m"));
        world.Until(status => status is { Phase: Phase.Paused, Release.Reason: Reasons.ProgressDeadlineExceeded }, TimeSpan.FromMinutes(2));

        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause, TimeSpan.FromMinutes(3));
        (world.Traffic.Selected(RouteYaml.StableService), world.Traffic.Selected(RouteYaml.CanaryService)).ShouldBe((before, world.Release!.Revision));
        world.Decide(DecisionAction.Continue);
        world.UntilEnded(Outcome.Promoted);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void What_comes_after_a_release_that_was_taken_back_does_not_wait_for_the_delay_of_its_pods(bool blueGreen, bool byAbort)
    {
        using var world = new ReleaseWorld(routes: true);
        var plan = V1 with { Steps = blueGreen ? ["pause: {}"] : V1.Steps, ScaleDownDelay = "1h" };
        var v1 = blueGreen ? world.Switched(plan) : world.Routed(plan);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        if (byAbort)
        {
            world.Decide(DecisionAction.Abort);
            world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(1));
            world.Status.Phase.ShouldBe(Phase.Degraded);
        }

        world.Apply(v1.V(3));
        world.Until(status => status.Release is { Name: "payments-3", Step.Kind: StepKind.Pause }, TimeSpan.FromMinutes(1));
        world.RunningImages.ShouldContain("registry.example.com/payments:v2", "its pods have an hour to end what they do");
        world.Decide(DecisionAction.Continue);
        world.Until(status => status.LastRelease is { Name: "payments-3", Outcome: Outcome.Promoted });
        world.Cluster.RunFor(TimeSpan.FromMinutes(62));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Scaled_after_an_abort_stable_has_all_of_the_pods_and_of_the_traffic()
    {
        using var world = new ReleaseWorld(routes: true);
        var v1 = world.Routed(V1 with { ScaleDownDelay = "5m" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Decide(DecisionAction.Abort);
        world.Cluster.RunUntil(() => world.Traffic.Weight == 0, TimeSpan.FromMinutes(1));

        foreach (var replicas in (int[])[1, 6])
        {
            world.Cluster.Kubectl.Scale<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, replicas);
            world.Cluster.RunFor(TimeSpan.FromMinutes(1));
            (world.Available(world.Status.Stable!.Revision), world.Traffic.Weight, world.Traffic.Endpoints(RouteYaml.StableService)).ShouldBe((replicas, 0, replicas));
        }

        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 6));
        world.ShouldBeAtRest();
    }
}
