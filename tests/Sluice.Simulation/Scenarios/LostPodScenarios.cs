using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>Pods that are taken from a release, and pods that it does not get.</summary>
public sealed class LostPodScenarios
{
    private static RolloutYaml V1 => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 50", "pause: {}"], Analysis = null };

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_ReplicaSet_that_somebody_deletes_during_a_pause_is_made_again_and_the_release_stays_where_it_is(bool canary, bool routed)
    {
        using var world = new ReleaseWorld(routes: routed);
        var v1 = routed ? world.Routed(V1) : world.Deployed(V1);
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
        var (stable, revision) = (world.Status.Stable!.Revision, world.Release!.Revision);
        var lost = world.SetOf(canary ? revision : stable)!.Metadata;

        world.Cluster.Kubectl.Delete<V1ReplicaSet>(ReleaseWorld.Namespace, lost.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.SetOf(canary ? revision : stable)!.Metadata.Uid.ShouldNotBe(lost.Uid);
        (world.Available(stable), world.Available(revision)).ShouldBe(routed ? (4, 2) : (2, 2));
        (world.Release.Step!.Kind, world.Status.Canary!.ActualWeight).ShouldBe((StepKind.Pause, 50));
        world.Decide(DecisionAction.Continue);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Pods_that_a_quota_does_not_let_in_are_waited_for_and_the_status_says_why()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1 with { Extra = "progressDeadlineSeconds: 120" });
        SetQuota(world, 4);
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Starting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));

        world.Status.Message!.ShouldContain("exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4");
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));
        world.Status.LastRelease!.ShouldSatisfyAllConditions(last => last.Reason.ShouldBe(Reasons.ProgressDeadlineExceeded), last => last.Message!.ShouldContain("exceeded quota"));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
        world.ShouldBeAtRest();

        SetQuota(world, 5);
        world.Decide(DecisionAction.Retry);
        world.Until(status => status.Release?.Step?.Kind == StepKind.Pause);
    }

    [Fact]
    public void More_replicas_than_a_quota_lets_in_are_told_and_come_when_it_does()
    {
        using var world = new ReleaseWorld();
        world.Deployed(V1);
        SetQuota(world, 5);

        world.Patch("""{"spec":{"replicas":8}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.Status.Phase.ShouldBe(Phase.Progressing);
        world.Status.Message!.ShouldStartWith("5 of 8 pods of revision");
        world.Status.Message!.ShouldContain("exceeded quota");
        SetQuota(world, 10);
        world.UntilHealthy();
        world.Pods.Count.ShouldBe(8);
    }

    [Fact]
    public void A_restart_whose_new_pods_do_not_come_is_told_at_its_deadline_and_goes_on_when_they_do()
    {
        using var world = new ReleaseWorld();
        world.Deployed(V1 with { Extra = "progressDeadlineSeconds: 120" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        SetQuota(world, 4);
        world.Patch($$$"""{"spec":{"restartAt":"{{{world.Cluster.Now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}}"}}""");
        world.Cluster.RunFor(TimeSpan.FromSeconds(115));
        world.Status.Phase.ShouldBe(Phase.Progressing);

        world.Until(status => status.Phase == Phase.Degraded, TimeSpan.FromSeconds(15));
        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.RestartStuck);
        world.Status.Message!.ShouldContain("exceeded quota");
        world.Available(world.Status.Stable!.Revision).ShouldBe(4, "no old pod is given up");
        world.ShouldBeAtRest();
        SetQuota(world, 10);
        world.UntilHealthy();

        world.Status.Restart!.ShouldSatisfyAllConditions(restart => restart.FinishedAt.ShouldNotBeNull(), restart => restart.Renewed.ShouldBe(4));
        world.Events.All.Count(told => told.Reason == Reasons.RestartStuck).ShouldBe(1);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Pods_that_stay_away_at_rest_are_told_at_the_deadline_and_forgotten_when_they_are_back()
    {
        using var world = new ReleaseWorld();
        world.Deployed(V1 with { Extra = "progressDeadlineSeconds: 120" });
        SetQuota(world, 2);
        foreach (var pod in world.Pods.Take(2)) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromSeconds(110));
        world.Status.Phase.ShouldBe(Phase.Progressing);

        world.Until(status => status.Phase == Phase.Degraded, TimeSpan.FromSeconds(60));
        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.PodsUnavailable);
        world.Status.Message!.ShouldSatisfyAllConditions(told => told.ShouldContain("only 2 of 4 pods"), told => told.ShouldContain("exceeded quota"));
        world.ShouldBeAtRest();
        SetQuota(world, 10);
        world.UntilHealthy();

        world.Events.All.Count(told => told.Reason == Reasons.PodsUnavailable).ShouldBe(1);
        world.Status.Stable!.ShortSince.ShouldBeNull();
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Pods_that_crash_in_a_soak_without_metrics_are_told_while_it_lasts_and_at_rest_after_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1 with { Steps = [], Soak = "30m", Extra = "progressDeadlineSeconds: 120" });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "60s"));
        world.UntilStage(Stage.Soaking);

        world.Until(status => status.Phase == Phase.Degraded, TimeSpan.FromMinutes(20));
        world.Release!.Stage.ShouldBe(Stage.Soaking);
        world.Condition(ConditionTypes.Stalled)!.Reason.ShouldBe(Reasons.PodsUnavailable);
        world.Status.Message!.ShouldContain("CrashLoopBackOff");
        world.UntilEnded(Outcome.Promoted, TimeSpan.FromHours(1));
        world.Until(status => status is { Phase: Phase.Degraded, Release: null }, TimeSpan.FromMinutes(20));
        world.Status.Message!.ShouldContain("CrashLoopBackOff");
    }

    /// <summary>As the admission of an API server does: pods beyond so many are refused.</summary>
    private static void SetQuota(ReleaseWorld world, int pods) => world.Cluster.Server.Hooks.BeforeCommit = request =>
    {
        var used = world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Count(pod => pod.Status?.Phase is not ("Succeeded" or "Failed"));
        var isPod = request.Method == "POST" && request.Path == $"/api/v1/namespaces/{ReleaseWorld.Namespace}/pods";
        return isPod && used >= pods
            ? ApiResponse.Failure(new ApiStatus(403, "Forbidden", $"pods \"payments-x\" is forbidden: exceeded quota: team, requested: pods=1, used: pods={used}, limited: pods={pods}"))
            : world.Rights.Judge(request);
    };
}
