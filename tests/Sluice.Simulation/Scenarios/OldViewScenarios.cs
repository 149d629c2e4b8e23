using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>The cache of one resource is behind those of the others: what rests on it is read live before it counts.</summary>
public sealed class OldViewScenarios
{
    private static readonly RolloutYaml Pausing = new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {}"], Analysis = null, Extra = "progressDeadlineSeconds: 60" };

    [Fact]
    public void An_operator_that_has_not_seen_an_Abort_does_not_raise_the_canary_that_another_takes_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.StartOperator("sluice-late", Without("rollouts.sluice.dev"));
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void A_rollback_does_not_count_on_stable_pods_that_have_gone_since_they_were_seen()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing with { MaxUnavailable = "50%" });
        var isBehind = false;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => isBehind && resource is "replicasets.apps" or "pods" });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        isBehind = true;
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == world.Status.Stable!.Revision)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));
        world.Decide(DecisionAction.Abort);
        world.UntilStage(Stage.RollingBack);
        world.Available(world.Release!.Revision).ShouldBe(2, "the canary serves while stable does not");
        isBehind = false;
        world.UntilEnded(Outcome.Aborted);

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void Stable_is_not_given_up_for_canary_pods_that_have_gone_since_they_were_seen()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing with { Steps = [] });
        var stable = world.Status.Stable!.Revision;
        var isBehind = false;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => isBehind && resource is "replicasets.apps" or "pods" });
        world.Apply(v1.V(2));
        world.Cluster.RunUntil(() => world.Desired(world.Release?.Revision) == 4, TimeSpan.FromMinutes(2));
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        isBehind = true;
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) != stable)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));
        world.Patch("""{"spec":{"paused":false}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));
        world.Desired(stable).ShouldBe(1);
        isBehind = false;

        world.UntilHealthy();
    }

    [Fact]
    public void A_rollback_is_not_over_because_the_operator_has_not_seen_the_canary()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed((Pausing with { Steps = ["setWeight: 25", "pause: {}"], Extra = null }).With("sandbox.sluice.dev/ready-after", "1m"));
        world.KillOperator();
        world.StartOperator(options: Without("replicasets.apps"));
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Starting);
        world.Cluster.RunUntil(() => world.Desired(world.Release!.Revision) == 1, TimeSpan.FromMinutes(1));

        world.Decide(DecisionAction.Abort);
        world.UntilEnded(Outcome.Aborted);

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void What_was_a_Rollout_of_the_same_name_and_is_held_by_somebody_else_is_not_what_a_new_one_begins_with()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        var set = world.SetOf(world.Status.Stable!.Revision)!.Metadata.Name!;
        world.Cluster.Kubectl.Patch<V1ReplicaSet>(ReleaseWorld.Namespace, set, """{"metadata":{"finalizers":["example.com/kept"]}}""");
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunUntil(() => world.Cluster.Get<V1ReplicaSet>(ReleaseWorld.Namespace, set)?.Metadata.DeletionTimestamp is not null, TimeSpan.FromMinutes(2));

        world.Apply(v1.V(2));
        world.UntilHealthy();

        world.Releases[^1].Status!.Timeline.ShouldNotContain(entry => entry.To == "Step 1", "there is nothing that it could be compared with");
    }

    [Fact]
    public void A_Decision_about_a_Rollout_that_the_operator_has_not_seen_waits_for_it()
    {
        using var world = new ReleaseWorld();
        world.Deployed(Pausing);
        var isBehind = true;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => isBehind && resource == "rollouts.sluice.dev" });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));
        world.Apply(Pausing with { Name = "billing" });
        var pause = world.Decide(new DecisionSpec { Rollout = "billing", Action = DecisionAction.Pause });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        isBehind = false;
        world.Patch("""{"metadata":{"annotations":{"example.com/seen":"true"}}}""");

        world.AnswerTo(pause).State.ShouldBe(DecisionState.Applied);
    }

    [Fact]
    public void A_release_is_not_rolled_back_for_pods_whose_coming_the_operator_has_not_seen()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => resource == "replicasets.apps" && world.Release is { Stage: Stage.Starting } release && world.Available(release.Revision) > 0 });

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause || status.LastRelease is { Outcome: Outcome.RolledBack });

        world.Release!.Stage.ShouldBe(Stage.Stepping);
    }

    [Fact]
    public void A_revision_that_failed_is_held_though_the_status_is_lost_before_its_Release_was_seen()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        world.KillOperator();
        world.StartOperator(options: Without("releases.sluice.dev"));
        world.Apply(v1.V(2).With("sandbox.sluice.dev/unschedulable", "true"));
        LookAgain(world);
        world.UntilEnded(Outcome.RolledBack);

        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Status.LastRelease!.Held.ShouldBeTrue();
        world.Releases.Count.ShouldBe(2);
    }

    [Fact]
    public void Pods_that_the_operator_has_not_seen_are_stable_all_the_same_when_everything_else_is_lost()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: Without("replicasets.apps"));
        var v1 = world.Deployed(Pausing);
        world.Cluster.Kubectl.Delete<Release>(ReleaseWorld.Namespace, "payments-1");
        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """{"status":null}""");
        world.Apply(v1.V(2));

        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause || status is { Release: null, LastRelease: not null });

        world.Release!.Step!.Kind.ShouldBe(StepKind.Pause);
        world.RunningImages.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void The_plan_of_a_release_is_followed_though_its_Release_was_not_seen()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing);
        world.KillOperator();
        world.StartOperator(options: Without("releases.sluice.dev"));
        world.Apply(v1.V(2));
        LookAgain(world);
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);

        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", "setWeight: 50", "setWeight: 75", "pause: {}"] });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Decide(DecisionAction.Continue);
        world.UntilEnded(Outcome.Promoted);

        world.Releases[^1].Status!.Timeline.Select(entry => entry.To).ShouldBe(["Pending", "Starting", "Step 1", "Step 2", "Promoting", "Promoted"]);
    }

    [Fact]
    public void A_release_is_not_rolled_back_for_a_crash_loop_that_is_over_when_the_operator_sees_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Pausing with { Extra = null });
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { Lag = (resource, _) => resource == "pods" ? TimeSpan.FromSeconds(30) : TimeSpan.Zero });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.Cluster.RunUntil(() => CrashLooping(world).Any(), TimeSpan.FromMinutes(5));
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));
        foreach (var pod in world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == world.Release!.Revision)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(35));
        world.Release!.Stage.ShouldBe(Stage.Starting, world.Status.Message);

        // Those that came instead crash as often, and that is seen too.
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));
        world.Status.LastRelease!.Reason.ShouldBe(Reasons.CrashLooping);
    }

    private static IEnumerable<V1Pod> CrashLooping(ReleaseWorld world) => world.Pods.Where(pod => (pod.Status?.ContainerStatuses ?? []).Any(container => container.RestartCount >= 3));

    /// <summary>An operator whose cache of a resource stays as it was when it began.</summary>
    private static ControllerSetOptions Without(string resource) => new() { HoldsBack = held => held == resource };

    /// <summary>Something happens to the Rollout that means nothing: a release that has asked for its Release looks whether it is there.</summary>
    private static void LookAgain(ReleaseWorld world)
    {
        world.Cluster.RunFor(TimeSpan.FromSeconds(1));
        world.Patch("""{"metadata":{"annotations":{"example.com/seen":"true"}}}""");
    }
}
