using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What was bad becomes good, or is replaced by what is.</summary>
public sealed class RecoveryScenarios
{
    private static RolloutYaml Plan => new() { Replicas = 4, MaxSurge = "1", Steps = ["setWeight: 25", "pause: {duration: 1m}"], Analysis = null, Extra = "progressDeadlineSeconds: 60" };

    [Theory]
    [InlineData("image-pull-error", "true")]
    [InlineData("crash", "true")]
    [InlineData("unschedulable", "true")]
    public void A_bad_revision_is_followed_by_a_good_one(string behaviour, string value)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        world.Apply(v1.V(2).With($"sandbox.sluice.dev/{behaviour}", value));
        world.UntilStage(Stage.Starting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        world.Apply(v1.V(3));
        world.UntilHealthy();

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Superseded, Outcome.Promoted]);
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData("image-pull-error", "true")]
    [InlineData("crash", "true")]
    public void A_bad_revision_is_followed_by_the_old_one(string behaviour, string value)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        var stable = world.Status.Stable!.Revision;
        var before = world.Pods.Select(pod => pod.Metadata.Name).ToList();
        world.Apply(v1.V(2).With($"sandbox.sluice.dev/{behaviour}", value));
        world.UntilStage(Stage.Starting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        world.Apply(v1);
        world.UntilHealthy();

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.Releases[^1].Status!.Outcome.ShouldBe(Outcome.Reverted);
        world.Pods.Select(pod => pod.Metadata.Name).ShouldBeSubsetOf(before, "with one pod of surge no pod of stable was given up");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void After_the_deadline_a_release_that_pauses_for_it_goes_on_by_itself_once_its_pods_have_come()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Extra = "progressDeadlineSeconds: 60\nonProgressDeadline: Pause" });
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "3m"));
        world.Until(status => status is { Phase: Phase.Paused, Release.Reason: Reasons.ProgressDeadlineExceeded }, TimeSpan.FromMinutes(2));

        world.Until(status => status.Release?.Stage == Stage.Stepping, TimeSpan.FromMinutes(4));
        world.UntilHealthy(TimeSpan.FromHours(2));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v2", 4));
    }

    [Fact]
    public void A_rollback_that_missed_its_deadline_goes_on_pod_after_pod()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed((Plan with { Steps = ["setWeight: 50", "pause: {}"], Extra = null }).With("sandbox.sluice.dev/ready-after", "2m"));
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "2s"));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Patch("""{"spec":{"progressDeadlineSeconds":60}}""");
        world.Decide(DecisionAction.Abort);
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: Reasons.RollbackStuck }), TimeSpan.FromMinutes(5));

        world.UntilEnded(Outcome.Aborted, TimeSpan.FromMinutes(15));
        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void What_was_measured_of_a_release_says_nothing_of_its_Retry()
    {
        using var world = new ReleaseWorld();
        world.Prometheus.ThresholdValue = 0.1;
        var v1 = world.Deployed(Plan with { Steps = ["setWeight: 25", "analysis: {minDuration: 1m}"], Analysis = "interval: 15s\nmetrics:\n- name: latency\n  threshold: {query: 'scalar(latency)', max: \"1\", failures: 1}" });
        world.Apply(v1.V(2));
        world.UntilStage(Stage.Stepping);
        world.Prometheus.ThresholdValue = 2;
        world.UntilEnded(Outcome.RolledBack);

        world.Prometheus.ThresholdValue = 0.1;
        world.Decide(DecisionAction.Retry);
        world.UntilHealthy();

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.RolledBack, Outcome.Promoted]);
    }

    [Fact]
    public void However_few_records_are_kept_that_of_stable_is_and_its_pods_can_be_made_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Extra = "releaseHistoryLimit: 1\nrevisionHistoryLimit: 0" });
        foreach (var version in (int[])[2, 3, 4])
        {
            world.Apply(v1.V(version));
            world.UntilStage(Stage.Stepping);
            world.Decide(DecisionAction.Abort);
            world.UntilEnded(Outcome.Aborted);
            world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        }

        world.Releases.Select(release => release.Metadata.Name).ShouldContain("payments-1");
        world.Cluster.Kubectl.Delete<V1ReplicaSet>(ReleaseWorld.Namespace, world.SetOf(world.Status.Stable!.Revision)!.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v1", 4));
    }

    [Fact]
    public void Pods_that_come_after_the_deadline_but_before_anybody_has_looked_are_no_failure()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan);
        world.Apply(v1.V(2).With("sandbox.sluice.dev/ready-after", "70s"));
        world.UntilStage(Stage.Starting);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.StartOperator();
        world.Until(status => status.Release?.Stage == Stage.Stepping, TimeSpan.FromSeconds(10));

        world.Release!.Timeline.ShouldNotContain(entry => entry.Reason == Reasons.ProgressDeadlineExceeded);
    }

    [Theory]
    [InlineData("12s", true)]
    [InlineData("13s", false)]
    [InlineData("14s", false)]
    public void Pods_whose_readiness_flaps_are_available_only_after_minReadySeconds_in_a_row(string runsFor, bool isRolledBack)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Plan with { Replicas = 2, Steps = ["setWeight: 50", "pause: {}"], Extra = "progressDeadlineSeconds: 60\nminReadySeconds: 10" });
        var stable = world.Status.Stable!.Revision;

        // Ready three seconds after their start: for 9, 10 or 11 seconds then.
        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", runsFor));
        world.Until(status => status.Release?.Stage is Stage.Stepping or Stage.RollingBack, TimeSpan.FromMinutes(5));

        world.Release!.Stage.ShouldBe(isRolledBack ? Stage.RollingBack : Stage.Stepping);
        world.Available(stable).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("Expanding")]
    [InlineData("Starting")]
    [InlineData("Stepping")]
    [InlineData("Promoting")]
    [InlineData("Soaking")]
    public void An_operator_goes_on_from_a_status_that_an_older_one_wrote_without_what_is_new_in_it(string stage)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed((Plan with { Soak = "5m" }).With("sandbox.sluice.dev/ready-after", "20s"));
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 30s}\nexpand: {command: [./migrate, up]}" });
        world.UntilStage(Enum.Parse<Stage>(stage));

        world.KillOperator();
        world.Cluster.Kubectl.PatchStatus<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name, """
            {"status":{"decisions":null,"traffic":null,"images":null,"selector":null,"updatedReplicas":null,
             "release":{"cause":null,"changedBy":null,"verdict":null,"progressMark":null,"decisions":null,"step":{"summary":null,"gate":null}}}}
            """);
        world.StartOperator();
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.Releases.Select(release => release.Status!.Outcome).ShouldBe([Outcome.Promoted, Outcome.Promoted]);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count.ShouldBe(1);
        world.ShouldBeAtRest();
    }
}
