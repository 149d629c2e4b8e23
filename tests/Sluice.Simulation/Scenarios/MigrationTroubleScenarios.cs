using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;
using static Sluice.Simulation.Scenarios.MigrationTrouble;

namespace Sluice.Simulation.Scenarios;

/// <summary>What may happen to a migration's Job and lock while the operator does not look, or sees an old state of them.</summary>
public sealed class MigrationTroubleScenarios
{
    [Fact]
    public void Somebody_else_s_Job_of_the_same_name_fails_the_migration_and_is_left_alone()
    {
        using var world = new ReleaseWorld();
        var mayCreate = false;
        Restart(world, request => mayCreate || !CreatesAJob(request));
        world.Apply(Small with { Migration = Expand("1s") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.Attempts.Count: 1 }], TimeSpan.FromMinutes(1));
        var name = world.Migrations[0].Status!.Attempts[0].Run!.Job;
        world.Cluster.Kubectl.Apply($$"""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: {{name}}, namespace: {{ReleaseWorld.Namespace}}}
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: backup, image: "registry.example.com/backup:v1"}]}
            """);

        mayCreate = true;
        world.UntilEnded(Outcome.Failed);

        world.Migrations.ShouldHaveSingleItem().Status!.Reason.ShouldBe(Reasons.JobNameTaken);
        world.ShouldBeAtRest();
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.OwnerReferences.ShouldBeNull();
    }

    [Fact]
    public void A_Job_that_a_person_has_made_anew_does_not_tell_how_the_first_one_ended()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("1m") });
        var job = RunningJob(world);
        world.KillOperator();
        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!, """{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        var metadata = new V1ObjectMeta { Name = job.Metadata.Name, Namespace = ReleaseWorld.Namespace, Labels = job.Metadata.Labels, OwnerReferences = job.Metadata.OwnerReferences };
        var template = job.Spec!.Template! with { Metadata = job.Spec.Template!.Metadata! with { Labels = job.Metadata.Labels } };
        world.Cluster.Kubectl.Create(new V1Job { Metadata = metadata, Spec = new V1JobSpec { BackoffLimit = 0, Template = template } });
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        world.StartOperator();
        world.UntilEnded(Outcome.Failed);

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Unknown);
    }

    [Fact]
    public void A_command_whose_pod_is_gone_may_have_run_and_is_not_started_again()
    {
        using var world = new ReleaseWorld();
        world.Apply(Small with { Migration = Expand("10m", "retries: 2, idempotent: false") });
        var job = RunningJob(world);
        world.KillOperator();
        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, JobPods(world, job).Single().Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));
        JobPods(world, job).ShouldBeEmpty();

        world.StartOperator();
        world.UntilEnded(Outcome.Failed);

        world.Migrations.ShouldHaveSingleItem().Status!.Attempts.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_Retry_counts_attempts_on_and_does_not_meet_the_Job_of_the_one_before()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = "annotations: {sandbox.sluice.dev/exit-code: \"1\"}\nexpand: {command: [./migrate, up]}" });
        world.UntilEnded(Outcome.Failed);

        world.Decide(DecisionAction.Retry);
        world.Until(status => status is { Release: null, LastRelease.Name: "payments-3" });

        var again = world.Migrations.Single(migration => migration.Metadata.Name == "payments-3-expand").Status!;
        (again.State, again.Attempt, again.Attempts.Single().Run!.ExitCode).ShouldBe((MigrationState.Failed, 2, 1), again.Message);
    }

    [Fact]
    public void An_Override_of_one_migration_says_nothing_of_another()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        foreach (var version in new[] { 2, 3 })
        {
            world.Apply(v1.V(version) with { Migration = Expand("20m", $"args: [--to, '{version}']") });
            Vanish(world, RunningJob(world));
            world.Until(status => status is { Release: null, LastRelease: { Outcome: Outcome.Failed } last } && last.Name == $"payments-{version}");
        }

        world.Decide(new DecisionSpec { Action = DecisionAction.Override, Subject = "migration/payments-3-expand", Ticket = "INC-7", Revision = world.Status.LastRelease!.Revision });
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Migrations.OrderBy(migration => migration.Metadata.Name, StringComparer.Ordinal).Select(migration => migration.Status!.State).ShouldBe([MigrationState.Unknown, MigrationState.Succeeded]);
    }

    [Fact]
    public void A_command_that_has_succeeded_is_verified_though_its_release_has_ended_meanwhile()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        var mayVerify = false;
        Restart(world, request => mayVerify || !CreatesAJob(request) || world.Migrations is not [{ Status.State: MigrationState.Verifying }]);
        world.Apply(v1.V(2) with { Migration = Expand("1s", "verify: [./migrate, check]") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Verifying }], TimeSpan.FromMinutes(1));
        world.Apply(v1);
        world.UntilHealthy();

        mayVerify = true;
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Theory]
    [InlineData("rollouts.sluice.dev", true)]
    [InlineData("releases.sluice.dev", true)]
    [InlineData("migrations.sluice.dev", true)]
    [InlineData("jobs.batch", true)]
    [InlineData("pods", true)]
    [InlineData("migrations.sluice.dev", false)]
    [InlineData("jobs.batch", false)]
    public void A_migration_runs_once_though_an_operator_is_behind_with(string resource, bool isAlone)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        if (isAlone) world.KillOperator();
        world.StartOperator("sluice-late", Late(resource, TimeSpan.FromSeconds(20)));

        world.Apply(v1.V(2) with { Migration = Expand("30s", "verify: [./migrate, check]") });
        world.UntilHealthy();

        world.Migrations.ShouldHaveSingleItem().Status!.Attempts.ShouldHaveSingleItem();
        world.RunningImages.ShouldBe(["registry.example.com/payments:v2"]);
    }

    [Fact]
    public void A_migration_is_not_given_up_because_an_old_view_does_not_show_that_its_release_waits_for_it()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { HoldsBack = resource => resource == "rollouts.sluice.dev" && world.Release?.Stage == Stage.Expanding });

        world.Apply(v1.V(2) with { Migration = Expand("30s") });
        world.UntilHealthy();

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_migration_whose_record_is_deleted_while_it_runs_runs_again_once_its_pod_is_gone(bool isUnseen)
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.Apply(v1.V(2) with { Migration = Expand("5m") });
        var job = RunningJob(world);
        if (isUnseen) world.KillOperator();
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-2-expand");
        if (isUnseen)
        {
            world.Cluster.RunFor(TimeSpan.FromSeconds(1));
            world.StartOperator();
        }

        world.UntilHealthy();

        world.RunningImages.ShouldBe(["registry.example.com/payments:v2"]);
        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Succeeded);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.Uid.ShouldNotBe(job.Metadata.Uid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_Job_of_a_deleted_migration_is_waited_for_where_an_old_view_shows_it_or_its_own_end_is_late(bool isOldView)
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: isOldView ? Late("jobs.batch", TimeSpan.FromSeconds(20)) : null);
        world.Apply(Small with { Migration = Expand("1s", "retries: 1, idempotent: true").Replace("1s}", "1s, sandbox.sluice.dev/exit-code: \"1\"}", StringComparison.Ordinal) });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.Attempt: 2 }], TimeSpan.FromMinutes(5));
        var collectedAt = world.Cluster.Now.AddSeconds(isOldView ? 0 : 5);
        world.Cluster.Server.Hooks.BeforeCommit = request => world.Cluster.Now < collectedAt && request.Method == "DELETE" && request.UserAgent == VirtualCluster.LifeName
            ? ApiResponse.Failure(new ApiStatus(503, "ServiceUnavailable", "not yet"))
            : world.Rights.Judge(request);
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand");

        world.UntilEnded(Outcome.Failed);

        world.Migrations.ShouldHaveSingleItem().Status!.Reason.ShouldBe(Reasons.CommandFailed);
    }

    [Fact]
    public void A_terminated_Job_is_not_let_go_because_an_old_view_does_not_show_that_its_pod_runs()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.KillOperator();
        world.StartOperator(options: Late("pods", TimeSpan.FromMinutes(1)));
        world.Apply(v1.V(2) with { Migration = "cancelPolicy: Terminate\n" + Expand("20m") });
        RunningJob(world);

        world.Apply(v1);
        world.UntilHealthy();
        world.Cluster.RunFor(TimeSpan.FromMinutes(5));

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Unknown);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldBeEmpty();
    }

    [Fact]
    public void An_operator_with_an_old_view_of_a_migration_does_not_repeat_its_first_attempt_during_the_second()
    {
        using var world = new ReleaseWorld();
        var (mayCreate, mayRepeat) = (false, false);
        Restart(world, request => mayCreate || !CreatesAJob(request));
        world.Apply(Small with { Migration = Expand("2m", "retries: 1, idempotent: true").Replace("2m}", "2m, sandbox.sluice.dev/exit-code: \"1\"}", StringComparison.Ordinal) });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.State: MigrationState.Running }], TimeSpan.FromMinutes(1));
        world.StartOperator("sluice-late", Blind("migrations.sluice.dev") with
        {
            WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => mayRepeat || !CreatesAJob(request) ? null : ConnectionFault.ServerError },
        });
        mayCreate = true;
        var first = RunningJob(world);
        mayRepeat = true;
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.Attempt: 2 }], TimeSpan.FromMinutes(5));
        var second = RunningJob(world);

        Vanish(world, first);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.Uid.ShouldBe(second.Metadata.Uid);
        world.UntilEnded(Outcome.Failed);
    }

    [Fact]
    public void A_migration_that_is_made_again_waits_for_the_Job_of_the_deleted_one_though_that_has_no_pod_yet()
    {
        using var world = new ReleaseWorld();
        var isFull = true;
        world.Cluster.Server.Hooks.BeforeCommit = request => isFull && IsPodOfAJob(request) ? ApiResponse.Failure(new ApiStatus(403, "Forbidden", "exceeded quota")) : world.Rights.Judge(request);
        world.Apply(Small with { Migration = Expand("3m") });
        world.Cluster.RunUntil(() => world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Count == 1, TimeSpan.FromMinutes(1));
        world.Cluster.Kubectl.Delete<Migration>(ReleaseWorld.Namespace, "payments-1-expand", new DeleteOptions { PropagationPolicy = "Orphan" });

        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        world.Migrations.ShouldHaveSingleItem().Status!.ShouldSatisfyAllConditions(
            status => status.State.ShouldBe(MigrationState.WaitingForLock),
            status => status.Message.ShouldBe("a Job of an earlier Migration of this name may still write: waiting for its end"));
        isFull = false;
        world.UntilEnded(Outcome.Failed);

        world.Migrations.ShouldHaveSingleItem().Status!.Reason.ShouldBe(Reasons.JobNameTaken);
        world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Status!.Succeeded.ShouldBe(1, "it ran once");
    }

    [Fact]
    public void An_operator_that_never_heard_of_a_migration_does_not_run_it_again()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(Small);
        world.StartOperator("sluice-deaf", Unaware("payments-2-expand"));
        world.Apply(v1.V(2) with { Migration = Expand("1s") });
        world.Cluster.RunUntil(() => world.Migrations is [{ Status.Lock.ReleasedAt: not null }], TimeSpan.FromMinutes(1));
        world.KillOperator();

        world.Apply(v1.V(3) with { Migration = Expand("1s") });
        world.UntilHealthy();

        world.Migrations.Single(migration => migration.Spec.Release == "payments-3").Status!.State.ShouldBe(MigrationState.Skipped);
    }

    [Fact]
    public void A_Job_that_a_quota_does_not_let_in_is_told_tried_for_as_long_as_it_may_take_and_then_given_up_with_its_lock()
    {
        using var world = new ReleaseWorld();
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { WrapHandler = inner => new FaultyConnection(inner) { Denies = request => CreatesAJob(request) ? "exceeded quota: team" : null } });
        world.Apply(Small with { Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(50));

        world.Migrations.ShouldHaveSingleItem().Status!.State.ShouldBe(MigrationState.Running);
        world.Status.Message!.ShouldContain("its Job cannot be created: exceeded quota: team");
        world.UntilEnded(Outcome.Failed, TimeSpan.FromMinutes(11));
        world.Migrations.ShouldHaveSingleItem().Status!.Reason.ShouldBe(Reasons.JobRefused);
        world.Cluster.RunUntil(() => Holder(world)!.Length == 0, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_Job_whose_pod_is_not_let_in_does_not_run_and_the_status_says_where_the_cause_is_told()
    {
        using var world = new ReleaseWorld();
        var isFull = true;
        world.Cluster.Server.Hooks.BeforeCommit = request => isFull && IsPodOfAJob(request) ? ApiResponse.Failure(new ApiStatus(403, "Forbidden", "no such ServiceAccount")) : world.Rights.Judge(request);
        world.Apply(Small with { Migration = Expand("1s") });
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        var job = world.Cluster.List<V1Job>(ReleaseWorld.Namespace).ShouldHaveSingleItem().Metadata.Name;
        world.Status.Message!.ShouldEndWith($"Job {job} has no pod: kubectl describe job {job} tells why none is made");
        isFull = false;
        world.UntilHealthy();
    }

    [Fact]
    public void A_result_is_recorded_though_the_log_cannot_be_read()
    {
        using var world = new ReleaseWorld();
        Restart(world, request => !request.RequestUri!.AbsolutePath.EndsWith("/log", StringComparison.Ordinal));
        world.Apply(Small with { Migration = Expand("5s") });

        world.UntilHealthy();

        var run = world.Migrations.ShouldHaveSingleItem().Status!.Attempts.ShouldHaveSingleItem().Run!;
        (run.Reason, run.ExitCode).ShouldBe(("Complete", 0));
        run.Log!.ShouldStartWith("(the log could not be read: ");
    }

    private static void Vanish(ReleaseWorld world, V1Job job)
    {
        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!, """{"metadata":{"finalizers":null}}""");
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!);
    }
}
