using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Scenarios;

/// <summary>What was found by looking for trouble: stale caches, deleted records, hostile specs, waits without an end.</summary>
public sealed class HardeningScenarios
{
    private static readonly string UnknownSource = new RolloutYaml().Analysis + "\nsource: nowhere";

    [Fact]
    public void Pods_that_do_not_come_after_a_pause_have_until_the_progress_deadline_too()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["pause: {duration: 1m}", "setWeight: 20"], Analysis = null, Extra = "progressDeadlineSeconds: 120" });

        world.Apply(v1.V(2).With("sandbox.sluice.dev/unschedulable", "true"));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Reason.ShouldBe("ProgressDeadlineExceeded");
    }

    [Fact]
    public void Stable_pods_that_come_back_one_by_one_put_off_the_deadline_of_a_falling_weight()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml
        {
            MaxSurge = "1",
            Steps = ["setWeight: 80", "setWeight: 20", "pause: {duration: 1m}"],
            Analysis = null,
            Extra = "progressDeadlineSeconds: 60",
        }.With("sandbox.sluice.dev/ready-after", "40s"));

        world.Apply(v1.V(2));
        world.UntilHealthy(TimeSpan.FromHours(1));

        world.Releases[^1].Status!.Outcome.ShouldBe(Outcome.Promoted);
    }

    [Fact]
    public void A_spec_with_more_errors_than_a_condition_can_hold_is_told_once()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2 });
        var unknown = string.Join(", ", Enumerable.Range(0, 10).Select(index => $"{new string('x', 60)}-{index}"));
        var metrics = string.Join('\n', Enumerable.Range(0, 10).Select(index => $"- name: {new string('m', 60)}-{index}\n  errorRate: {{counter: http_requests_total, errors: 'code=~\"5..\"', max: \"1%\"}}"));

        world.Apply(v1.V(2) with { Steps = ["setWeight: 50", $"analysis: {{metrics: [{unknown}]}}"], Analysis = $"metrics:\n{metrics}" });
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }), TimeSpan.FromMinutes(1));

        world.Condition("Stalled")!.Message!.Length.ShouldBeLessThanOrEqualTo(1024);
        world.ShouldBeAtRest();
        world.Events.All.Count(said => said.Reason == "InvalidSpec").ShouldBe(1);
    }

    [Fact]
    public void A_migration_whose_Job_the_API_server_refuses_has_failed_and_gives_its_lock_back()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Steps = [], Analysis = null });

        world.Apply(v1.V(2) with { Migration = "env: [{name: not=a=name, value: x}]\nexpand: {command: [./migrate, up]}" });
        world.Until(status => status is { Release: null, LastRelease.Reason: Reasons.MigrationFailed }, TimeSpan.FromMinutes(2));

        var migration = world.Migrations.ShouldHaveSingleItem().Status!;
        migration.State.ShouldBe(MigrationState.Failed);
        migration.Reason.ShouldBe(Reasons.JobRefused);
        migration.Message!.ShouldContain("env[0].name");
        world.ShouldBeAtRest();
        world.Cluster.Failures.ShouldBeEmpty();

        world.Apply(v1.V(3) with { Migration = "expand: {command: [./migrate, up]}" });
        world.UntilHealthy();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v3"]);
    }

    [Fact]
    public void A_release_whose_record_was_deleted_is_not_promoted_by_an_invalid_spec()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 5m}", "setWeight: 50", "pause: {}"], Analysis = null });
        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);

        world.Cluster.Kubectl.Delete<Release>(ReleaseWorld.Namespace, world.Release!.Name);
        world.Apply(v1.V(2) with { Analysis = UnknownSource });
        world.Cluster.RunFor(TimeSpan.FromMinutes(30));
        world.Release!.Stage.ShouldBe(Stage.Stepping);
        world.Available(world.Release.Revision).ShouldBe(2);

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 3);
    }

    [Fact]
    public void A_migration_is_not_left_out_when_its_Release_is_deleted_and_the_spec_invalid()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Analysis = null, Steps = ["setWeight: 20"] });
        var v2 = v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 2m}\nexpand: {command: [./migrate]}" };
        world.Apply(v2);
        world.UntilStage(Stage.Expanding);

        world.Cluster.Kubectl.Delete<Release>(ReleaseWorld.Namespace, world.Release!.Name);
        world.Apply(v2 with { Analysis = UnknownSource });
        world.Cluster.RunFor(TimeSpan.FromMinutes(10));

        world.Release!.Stage.ShouldBe(Stage.Expanding);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_rollback_does_not_count_on_stable_pods_that_only_an_old_view_still_shows()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "pause: {duration: 1h}"], Analysis = null });
        var stable = world.Status.Stable!.Revision;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { Lag = (resource, _) => resource == "replicasets.apps" ? TimeSpan.FromSeconds(5) : TimeSpan.Zero });
        world.Apply(v1.V(2));
        world.Cluster.RunUntil(() => world.Desired(stable) < 10, TimeSpan.FromMinutes(5));
        world.Cluster.RunUntil(() => world.Pods.Count == 10, TimeSpan.FromSeconds(2));

        world.Apply(v1);
        world.UntilHealthy();

        world.Available(stable).ShouldBe(10);
    }

    [Fact]
    public void A_stable_revision_that_never_ran_does_not_keep_its_successor_away()
    {
        using var world = new ReleaseWorld();
        var bad = new RolloutYaml { Replicas = 0, Analysis = null, Steps = [], Extra = "progressDeadlineSeconds: 60" }.With("sandbox.sluice.dev/unschedulable", "true");
        world.Deployed(bad);
        world.Patch("""{"spec":{"replicas":4}}""");
        world.Apply(bad.V(2) with { Replicas = 4 });
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "RollbackStuck" }));

        world.Apply(new RolloutYaml { Replicas = 4, Analysis = null, Steps = [] }.V(3));
        world.UntilHealthy();

        world.RunningImages.ShouldBe(Enumerable.Repeat("registry.example.com/payments:v3", 4));
    }

    [Theory]
    [InlineData("admission webhook images.example.com denied the request: latest is not allowed")]
    [InlineData("replicasets.apps \\\"payments\\\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'images' denied request: latest is not allowed")]
    public void A_template_that_an_admission_webhook_or_policy_denies_is_an_invalid_spec(string answer)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2 });
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Denies = request => request.Method == HttpMethod.Post && request.RequestUri!.ToString().Contains("dryRun", StringComparison.Ordinal)
                    ? answer
                    : null,
            },
        });

        world.Apply(v1.V(2));
        world.Until(status => status.Conditions.Any(condition => condition is { Type: "Stalled", Reason: "InvalidSpec" }), TimeSpan.FromMinutes(1));

        world.Condition("Stalled")!.Message!.ShouldContain("latest is not allowed");
        world.ShouldBeAtRest();
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_release_goes_on_within_a_minute_of_the_API_server_s_recovery_however_long_it_failed()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = [] });
        var isDown = false;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { WrapHandler = inner => new FaultyConnection(inner) { Strikes = _ => isDown ? ConnectionFault.ServerError : null } });
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        isDown = true;
        world.Apply(v1.V(2));
        world.Cluster.RunFor(TimeSpan.FromMinutes(40));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
        isDown = false;

        world.UntilHealthy(within: TimeSpan.FromMinutes(1));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void A_migration_deleted_while_it_runs_takes_its_Job_with_it_and_frees_its_lock()
    {
        const string Expand = "lock: db\nannotations: {sandbox.sluice.dev/duration: 20m}\nexpand: {command: [./migrate], timeout: 1h}";
        using var world = new ReleaseWorld();
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Expand });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Any(job => job.Status?.Active == 1), TimeSpan.FromMinutes(1));
        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand");

        world.Apply(new RolloutYaml { Name = "billing", Replicas = 1, Analysis = null, Steps = [], Migration = Expand.Replace("20m", "1m", StringComparison.Ordinal) });
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, "billing")?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(10));

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.Name!.ShouldStartWith("billing-");
    }

    [Fact]
    public void A_command_that_ran_is_not_started_again_because_an_old_view_shows_its_pod_still_waiting()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            HoldsBack = resource => resource == "pods" && world.Pods.Count == 0 && world.Cluster.List<V1Pod>(ReleaseWorld.Namespace).Any(pod => pod.Status?.ContainerStatuses is { Count: > 0 }),
        });
        const string Migration = "annotations: {sandbox.sluice.dev/duration: 1s, sandbox.sluice.dev/exit-code: \"1\"}\nexpand: {command: [./migrate], retries: 1, idempotent: false}";
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Migration });
        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(2));

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem();
        world.Migrations.ShouldHaveSingleItem().Status!.Attempts.ShouldHaveSingleItem().Run!.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void A_release_is_not_rolled_back_because_an_old_view_does_not_show_that_its_pods_have_come()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Steps = [], Analysis = null, Extra = "progressDeadlineSeconds: 60" });
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            HoldsBack = resource => resource is "replicasets.apps" or "pods" && world.Release is { Stage: Stage.Promoting } release && world.Available(release.Revision) == 2,
        });

        world.Apply(v1.V(2));
        world.Until(status => status.LastRelease?.Name == "payments-2");

        world.Status.LastRelease!.Outcome.ShouldBe(Outcome.Promoted);

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void A_release_is_not_rolled_back_for_pods_that_the_operator_could_not_ask_for_while_it_was_down()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3, MaxSurge = "1", Steps = [], Analysis = null, Extra = "progressDeadlineSeconds: 60" });
        var v2 = v1.V(2);
        world.Apply(v2);
        world.Cluster.RunUntil(() => world.Desired(world.Release?.Revision) == 2, TimeSpan.FromMinutes(5));

        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        world.StartOperator();
        world.UntilHealthy();

        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void A_release_whose_scaling_is_refused_again_and_again_is_rolled_back_in_the_end()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 3, MaxSurge = "1", Steps = [], Analysis = null, Extra = "progressDeadlineSeconds: 60" });
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions
        {
            WrapHandler = inner => new FaultyConnection(inner)
            {
                Denies = request => request.Method == HttpMethod.Post && request.RequestUri!.ToString().Contains("replicasets", StringComparison.Ordinal)
                    && !request.RequestUri.ToString().Contains("dryRun", StringComparison.Ordinal)
                    ? "exceeded quota"
                    : null,
            },
        });

        world.Apply(v1.V(2));
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(10));

        world.Status.LastRelease!.Reason.ShouldBe("ProgressDeadlineExceeded");
    }

    [Fact]
    public void A_second_operator_with_an_old_view_does_not_repeat_an_attempt()
    {
        using var world = new ReleaseWorld();
        world.StartOperator("sluice-late", new ControllerSetOptions { Lag = (resource, _) => resource is "migrations.sluice.dev" ? TimeSpan.FromMinutes(5) : TimeSpan.Zero });
        const string Migration = "annotations: {sandbox.sluice.dev/duration: 1s, sandbox.sluice.dev/exit-code: \"1\"}\nexpand: {command: [./migrate], retries: 1, idempotent: true}";
        world.Apply(new RolloutYaml { Replicas = 1, Analysis = null, Steps = [], Migration = Migration });
        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(2));

        foreach (var job in world.Cluster.List<V1Job>(ReleaseWorld.Namespace)) world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(20));

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Failed);
    }

    [Fact]
    public void Stable_is_scaled_and_kept_up_while_a_migration_runs()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 4, Analysis = null, Steps = ["setWeight: 25"] });
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/duration: 9m}\nexpand: {command: [./migrate]}" });
        world.UntilStage(Stage.Expanding);

        world.Patch("""{"spec":{"replicas":8}}""");
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Available(world.Status.Stable!.Revision).ShouldBe(8);

        world.Cluster.Kubectl.Delete<V1ReplicaSet>(ReleaseWorld.Namespace, world.SetOf(world.Status.Stable.Revision)!.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Available(world.Status.Stable.Revision).ShouldBe(8);
        world.Release!.Stage.ShouldBe(Stage.Expanding);
    }

    [Fact]
    public void The_whole_timeline_of_a_long_plan_is_in_its_Release()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Replicas = 2, Analysis = null, Steps = [.. Enumerable.Repeat("setWeight: 50", 50)] });

        world.Apply(v1.V(2));
        world.UntilHealthy();

        var timeline = world.Releases[^1].Status!.Timeline;
        timeline.Select(entry => entry.To).ShouldBe(["Pending", "Starting", .. Enumerable.Range(1, 50).Select(step => $"Step {step}"), "Promoting", "Promoted"]);
    }

    [Fact]
    public void A_Rollout_is_hardly_looked_at_while_it_analyses_and_not_at_all_when_it_is_healthy()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(new RolloutYaml { Steps = ["setWeight: 20", "analysis: {minDuration: 1h, maxDuration: 2h}"] });
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));
        var atRest = world.Looks;
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Looks.ShouldBe(atRest);

        world.Apply(v1.V(2));
        world.Until(status => status.Release?.Step?.Index == 1);
        world.Cluster.RunFor(TimeSpan.FromMinutes(15));
        var before = world.Looks;
        world.Cluster.RunFor(TimeSpan.FromMinutes(20));

        (world.Looks - before).ShouldBeLessThanOrEqualTo(200);
    }

    [Fact]
    public void A_Rollout_with_the_longest_name_is_measured_and_promoted()
    {
        using var world = new ReleaseWorld();
        var name = new string('p', 63);
        var v1 = new RolloutYaml { Name = name };
        world.Apply(v1);
        world.Cluster.RunUntil(() => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, name)?.Status?.Phase == Phase.Healthy, TimeSpan.FromMinutes(10));

        world.Apply(v1.V(2));
        world.Cluster.RunUntil(
            () => world.Cluster.Get<Rollout>(ReleaseWorld.Namespace, name)?.Status is { Phase: Phase.Healthy, Stable.Images: ["registry.example.com/payments:v2"] }, TimeSpan.FromHours(1));
    }
}
