using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Metrics;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

public sealed class RollbackScenarios
{
    [Fact]
    public void A_revision_with_many_errors_is_rolled_back_and_held()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2).With("sandbox.sluice.dev/error-rate", "20%"));
        world.UntilEnded(Outcome.RolledBack);

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.Available(world.Status.Stable!.Revision).ShouldBe(10);
        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Status.LastRelease!.Reason.ShouldBe("MetricFailed");
        world.Status.LastRelease.Held.ShouldBeTrue();
        world.Condition("Stalled")!.Reason.ShouldBe("RolledBack");
        world.Condition("Ready")!.Status.ShouldBe("False");
        world.Condition("Available")!.Status.ShouldBe("True");
        world.Releases[^1].Status!.Analysis.ShouldHaveSingleItem().Verdict.ShouldBe(Verdict.Fail);
        world.Events.All.ShouldContain(said => said.Type == "Warning" && said.Reason == "MetricFailed");
        world.ShouldBeAtRest();
        world.Releases.Count.ShouldBe(2);
    }

    [Fact]
    public void A_crash_looping_revision_is_rolled_back_at_once_though_its_pods_never_go_away_by_themselves()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Reason.ShouldBe("CrashLooping");
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void An_image_name_that_is_none_is_rolled_back_at_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "InvalidImageName"));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(1));

        world.Status.LastRelease!.Reason.ShouldBe("ImageNotPullable");
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_has_until_the_progress_deadline()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Extra = "progressDeadlineSeconds: 120" });

        world.Apply(v1.V(2).With("sandbox.sluice.dev/image-pull-error", "true"));
        world.UntilStage(Stage.Starting);
        var started = world.Cluster.Now;
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        (world.Cluster.Now - started).ShouldBeInRange(TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(140));
        world.Status.LastRelease!.Reason.ShouldBe("ProgressDeadlineExceeded");
        world.Status.LastRelease.Message!.ShouldContain("ImagePull");
    }

    [Fact]
    public void A_progress_deadline_may_pause_instead()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Extra = "progressDeadlineSeconds: 60\nonProgressDeadline: Pause" });

        world.Apply(v1.V(2).With("sandbox.sluice.dev/unschedulable", "true"));
        world.Until(status => status is { Phase: Phase.Paused, Release.Reason: "ProgressDeadlineExceeded" }, TimeSpan.FromMinutes(5));

        world.Condition("Reconciling")!.Reason.ShouldBe("ProgressDeadlineExceeded");
        world.Status.Message!.ShouldContain("Unschedulable");
    }

    [Fact]
    public void A_failed_migration_ends_the_release_before_any_canary_pod_exists()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2) with
        {
            Migration = """
                annotations: {sandbox.sluice.dev/exit-code: "3", sandbox.sluice.dev/log: "relation exists"}
                expand: {command: [./migrate, up]}
                """,
        });
        world.UntilEnded(Outcome.Failed);

        world.Status.LastRelease!.Reason.ShouldBe("MigrationFailed");
        world.Status.LastRelease.Message!.ShouldContain("exited with code 3");
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.Cluster.List<Kubernetes.Models.V1ReplicaSet>(ReleaseWorld.Namespace).Count.ShouldBe(1);
        world.Migrations[0].Status!.Attempts.ShouldHaveSingleItem().Run!.Log.ShouldBe("relation exists");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void An_idempotent_migration_is_tried_again_as_often_as_it_may()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());

        world.Apply(v1.V(2) with
        {
            Migration = """
                annotations: {sandbox.sluice.dev/exit-code: "1"}
                expand: {command: [./migrate, up], retries: 2, idempotent: true}
                """,
        });
        world.UntilEnded(Outcome.Failed);

        world.Migrations[0].Status!.Attempts.Select(attempt => attempt.Run!.ExitCode).ShouldBe([1, 1, 1]);
        world.Cluster.List<Kubernetes.Models.V1Job>(ReleaseWorld.Namespace).Count.ShouldBe(3);
    }

    [Fact]
    public void A_failing_soak_goes_back_to_the_previous_revision()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Soak = "1h", Steps = ["setWeight: 50"] });
        var stable = world.Status.Stable!.Revision;

        world.Apply((v1.V(2) with { Analysis = v1.Analysis }).With("sandbox.sluice.dev/error-rate", "2%"));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromHours(1));

        world.Status.Stable!.Revision.ShouldBe(stable);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        world.RunningImages.Count.ShouldBe(10);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_first_deployment_that_fails_leaves_its_pods_to_look_at_and_a_new_revision_replaces_them()
    {
        using var world = new ReleaseWorld();
        var v1 = new RolloutYaml().With("sandbox.sluice.dev/crash", "true");
        world.Apply(v1);
        world.UntilEnded(Outcome.Failed);

        world.Pods.Count.ShouldBe(10);
        world.Status.Phase.ShouldBe(Phase.Degraded);
        world.Condition("Stalled")!.Status.ShouldBe("True");

        world.Apply(new RolloutYaml().V(2));
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.ShouldBeAtRest();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pods_that_crashed_before_a_Retry_may_come_right_and_those_that_crash_after_it_end_it(bool isFirst)
    {
        using var world = new ReleaseWorld(routes: true);
        var plan = BlueGreenPlans.V1 with { Replicas = 3, ScaleDownDelay = "30m" };
        if (isFirst) world.Cluster.Kubectl.Apply(RouteYaml.Services);
        else world.Switched(plan);
        world.Apply(plan.V(2).With("sandbox.sluice.dev/crash", "true"));
        world.Until(status => status is { Release: null, LastRelease.Reason: Reasons.CrashLooping });
        var first = world.Status.LastRelease!;
        var pods = Crashing().Select(pod => pod.Metadata.Uid).ToHashSet();
        pods.Count.ShouldBe(3, "they stay to be looked at, or wait out their delay");

        world.Decide(DecisionAction.Retry);
        world.Until(status => status.Release?.Stage is Stage.Starting or Stage.Promoting);
        world.Cluster.RunFor(TimeSpan.FromMinutes(3));
        (world.Release?.Revision, world.Status.Phase).ShouldBe((first.Revision, Phase.Progressing));
        world.Status.Message!.ShouldContain("CrashLoopBackOff");
        Crashing().ShouldAllBe(pod => pods.Contains(pod.Metadata.Uid));

        foreach (var pod in Crashing()) world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, pod.Metadata.Name!);
        world.Until(status => status is { Release: null, LastRelease.Reason: Reasons.CrashLooping }, TimeSpan.FromMinutes(2));
        world.Status.LastRelease!.Name.ShouldNotBe(first.Name);

        IReadOnlyList<V1Pod> Crashing() => [.. world.Pods.Where(pod => pod.Metadata.Label(Labels.Revision) == first.Revision)];
    }

    [Fact]
    public void Prometheus_down_is_never_a_pass_and_does_not_stop_a_rollback()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        world.Prometheus.Trouble = new NoDataReason.Refused("connection refused");
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Analysis);
        world.Cluster.RunFor(TimeSpan.FromMinutes(20));

        world.Release!.Step!.Index.ShouldBe(1);
        world.Status.Message!.ShouldContain("connection refused");

        world.Apply(v1.V(1));
        world.UntilEnded(Outcome.Reverted, TimeSpan.FromMinutes(2));
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_segment_that_began_before_Prometheus_knew_the_pods_is_begun_anew()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml());
        world.Prometheus.Trouble = new NoDataReason.NoHistory();
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Kind == StepKind.Analysis);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        var known = world.Cluster.Now;

        world.Prometheus.Trouble = null;
        world.UntilHealthy(TimeSpan.FromMinutes(5));

        world.Releases[^1].Status!.Outcome.ShouldBe(Outcome.Promoted);
        world.Releases[^1].Status!.Analysis[0].Segments[0].From.ShouldBeGreaterThan(known - TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void No_data_three_times_in_a_row_fails_where_the_metric_says_so()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            Analysis = """
                interval: 15s
                metrics:
                - name: error-rate
                  onNoData: Fail
                  errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
                """,
        });
        world.Prometheus.Trouble = new NoDataReason.NotANumber();

        world.Apply(v1.V(2));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Reason.ShouldBe("MetricFailed");
    }

    [Theory]
    [InlineData("Pause", null)]
    [InlineData("RollBack", Outcome.RolledBack)]
    [InlineData("Promote", Outcome.Promoted)]
    public void An_analysis_without_a_verdict_ends_as_its_policy_says(string policy, Outcome? outcome)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            Steps = ["setWeight: 20", "analysis: {maxDuration: 5m}"],
            Analysis = $$"""
                interval: 15s
                metrics:
                - name: error-rate
                  onInconclusive: {{policy}}
                  errorRate: {counter: http_requests_total, errors: 'code=~"5.."', max: "1%"}
                """,
        }.With("sandbox.sluice.dev/requests-per-second", "0.1"));

        world.Apply(v1.V(2));

        if (outcome is { } ended)
        {
            world.UntilEnded(ended);
            return;
        }

        world.Until(status => status is { Phase: Phase.Paused, Release.Reason: "AnalysisInconclusive" });
        world.Cluster.RunFor(TimeSpan.FromMinutes(30));
        world.Release!.Step!.Index.ShouldBe(1);
    }

    [Fact]
    public void A_threshold_out_of_bounds_rolls_back_after_its_failures_in_a_row()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            Analysis = """
                interval: 15s
                metrics:
                - name: latency
                  threshold: {query: 'scalar(latency)', max: "0.5", failures: 3}
                """,
        });
        world.Prometheus.ThresholdValue = 0.7;

        world.Apply(v1.V(2));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Message!.ShouldContain("out of bounds");
    }

    [Fact]
    public void A_threshold_within_bounds_passes()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            Analysis = """
                interval: 15s
                metrics:
                - name: latency
                  threshold: {query: 'scalar(latency)', max: "0.5", failures: 3}
                """,
        });
        world.Prometheus.ThresholdValue = 0.2;

        world.Apply(v1.V(2));
        world.UntilEnded(Outcome.Promoted, TimeSpan.FromMinutes(10));
    }
}
