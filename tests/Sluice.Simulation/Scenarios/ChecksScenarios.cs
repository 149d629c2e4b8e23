using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using Sluice.Simulation.World;
using static Sluice.Simulation.World.ChecksYaml;

namespace Sluice.Simulation.Scenarios;

/// <summary>A checks step: Jobs beside the canary, of which as many must succeed as the join says.</summary>
public sealed class ChecksScenarios
{
    /// <summary>A release whose one check has a minute to start, while the API server fails every creation of a Job.</summary>
    /// <returns>Ends the fault.</returns>
    private static Action UntilItsJobCannotBeCreated(ReleaseWorld world)
    {
        var v1 = world.Deployed(V1);
        var isDown = true;
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { WrapHandler = inner => new FaultyConnection(inner) { Strikes = request => isDown && IsCreationOfAJob(request) ? ConnectionFault.ServerError : null } });
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", Step("timeout: 1m", Job("smoke"))] });
        world.Until(status => status.Release?.Checks.Count == 1);
        return () => isDown = false;
    }

    private static RolloutYaml V1 => new() { Replicas = 4, Analysis = null, Steps = [] };

    [Fact]
    public void All_checks_run_at_once_and_the_release_goes_on_when_all_have_succeeded()
    {
        using var world = Checking(Step("", Job("smoke", 20, log: "42 requests, all good"), Job("load", 40)));
        world.Cluster.RunFor(TimeSpan.FromSeconds(10));

        world.Condition("Reconciling")!.Reason.ShouldBe(Reasons.Checking);
        world.Release!.Checks.Select(check => check.State).ShouldBe([CheckState.Running, CheckState.Running]);
        world.Status.Message!.ShouldContain("step 2 of 2: checking at 25%: 0 of 2 checks have succeeded, 2 run: smoke runs; load runs");
        world.Release.Step!.Deadline.ShouldBe(world.Release.Step.StartedAt + TimeSpan.FromMinutes(10));

        world.UntilHealthy();
        var checks = world.Releases[^1].Status!.Checks;
        checks.Select(check => (check.Step, check.Name, check.State, check.ExitCode)).ShouldBe([(2, "smoke", CheckState.Succeeded, 0), (2, "load", CheckState.Succeeded, 0)]);
        checks[0].Log.ShouldBe("42 requests, all good");
        (checks[1].FinishedAt - checks[1].StartedAt)!.Value.TotalSeconds.ShouldBeInRange(38, 46);
        world.Events.All.Count(told => told.Reason == Reasons.CheckSucceeded).ShouldBe(2);
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v2"]);
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_check_is_told_what_it_checks_and_whose_rights_it_has()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1);
        const string Named = """checks: {timeout: 90s, jobs: [{name: smoke, template: {metadata: {labels: {team: shop}}, spec: {serviceAccountName: smoke-tester, containers: [{name: a, image: "i:1", env: [{name: SLUICE_WEIGHT, value: mine}]}], initContainers: [{name: b, image: "i:1"}]}}}]}""";
        world.Cluster.Kubectl.Apply($"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: smoke-tester, namespace: {ReleaseWorld.Namespace}}}\n");
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", Named] });
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);

        var job = Jobs(world).ShouldHaveSingleItem();
        var pod = job.Spec!.Template!.Spec!.Value;
        job.Metadata.Name!.ShouldStartWith("payments-2-check-2-smoke-");
        job.Spec.ActiveDeadlineSeconds.ShouldBe(90);
        job.Metadata.Label(Labels.Checks).ShouldBe("payments");
        job.Spec.Template.Metadata!.Label("team").ShouldBe("shop");
        job.Spec.Template.Metadata.Label(Labels.Rollout).ShouldBeNull();
        pod.GetProperty("restartPolicy").GetString().ShouldBe("Never");
        pod.GetProperty("serviceAccountName").GetString().ShouldBe("smoke-tester");
        Environment(pod.GetProperty("containers")[0]).ShouldBe([
            "SLUICE_WEIGHT=mine", "SLUICE_ROLLOUT=payments", "SLUICE_NAMESPACE=shop", "SLUICE_RELEASE=payments-2", $"SLUICE_REVISION={world.Release!.Revision}", $"SLUICE_STABLE_REVISION={world.Release.PreviousRevision}"]);
        Environment(pod.GetProperty("initContainers")[0]).ShouldContain("SLUICE_WEIGHT=25");
        world.UntilHealthy();
    }

    [Fact]
    public void Any_takes_the_first_success_and_ends_the_others()
    {
        using var world = Checking(Step("join: Any", Job("slow", 3000), Job("bad", 3, 1), Job("good", 10)));

        world.UntilHealthy(TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.Canceled, CheckState.Failed, CheckState.Succeeded]);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        Jobs(world).Select(job => job.Metadata.Label(Labels.Check)).ShouldBe(["bad", "good"], "what still ran is gone, what has ended stays for a look");
        CheckPods(world).ShouldAllBe(pod => pod.Status!.Phase == "Succeeded" || pod.Status.Phase == "Failed");
    }

    [Theory]
    [InlineData("join: 2", Outcome.Promoted)]
    [InlineData("join: 3", Outcome.RolledBack)]
    [InlineData("join: Any", Outcome.Promoted)]
    [InlineData("join: All", Outcome.RolledBack)]
    public void So_many_must_succeed_as_the_join_says(string join, Outcome outcome)
    {
        using var world = Checking(Step(join, Job("a", 5), Job("b", 8, 1), Job("c", 11), Job("d", 14, 7)));

        world.UntilEnded(outcome);
        world.Cluster.RunFor(TimeSpan.FromSeconds(5));

        world.RunningImages.Distinct().ShouldBe([$"registry.example.com/payments:v{(outcome == Outcome.Promoted ? 2 : 1)}"]);
    }

    [Fact]
    public void With_failFast_the_first_failure_that_decides_ends_the_others_and_takes_the_release_back()
    {
        using var world = Checking(Step("", Job("slow", 300), Job("bad", 5, 3, "no route to payments")));

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(2));

        var last = world.Status.LastRelease!;
        last.Reason.ShouldBe(Reasons.ChecksFailed);
        last.Message!.ShouldContain("bad failed: the check exited with code 3");
        var checks = world.Releases[^1].Status!.Checks;
        checks.Select(check => check.State).ShouldBe([CheckState.Canceled, CheckState.Failed]);
        checks[1].ShouldSatisfyAllConditions(check => check.ExitCode.ShouldBe(3), check => check.Log.ShouldBe("no route to payments"));
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        Jobs(world).Select(job => job.Metadata.Label(Labels.Check)).ShouldBe(["bad"]);
        world.Events.All.ShouldContain(told => told.Reason == Reasons.CheckFailed && told.Note.Contains("bad failed", StringComparison.Ordinal));
        world.ShouldBeAtRest();
    }

    [Fact]
    public void Without_failFast_each_check_has_its_say_before_the_release_is_taken_back()
    {
        using var world = Checking(Step("failFast: false", Job("slow", 60), Job("bad", 5, 3)));
        world.Cluster.RunFor(TimeSpan.FromSeconds(30));
        world.Release!.Stage.ShouldBe(Stage.Stepping);

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.Succeeded, CheckState.Failed]);
    }

    [Fact]
    public void A_Job_that_somebody_deletes_is_no_success_and_is_not_started_again()
    {
        using var world = Checking(Step("", Job("smoke", 60)));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);
        var job = Jobs(world).Single();

        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, job.Metadata.Name!);
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(2));

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBe(CheckState.Lost);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        Jobs(world).ShouldBeEmpty();
    }

    [Fact]
    public void A_Job_deleted_before_anybody_had_seen_it_is_not_started_again_either()
    {
        using var world = Checking(Step("", Job("smoke", 60)));
        world.Cluster.RunUntil(() => Jobs(world).Count == 1, TimeSpan.FromMinutes(1));
        world.KillOperator();
        world.Release!.Checks.ShouldHaveSingleItem().Uid.ShouldBeNull();

        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, Jobs(world).Single().Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.StartOperator();
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(2));

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBe(CheckState.Lost);
    }

    [Fact]
    public void A_result_is_not_lost_though_the_Job_is_deleted_while_no_operator_runs()
    {
        using var world = Checking(Step("", Job("smoke", 5, log: "fine")));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);
        world.KillOperator();
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));
        world.Cluster.Kubectl.Delete<V1Job>(ReleaseWorld.Namespace, Jobs(world).Single().Metadata.Name!);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        world.StartOperator();
        world.UntilHealthy();

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBe(CheckState.Succeeded);
    }

    [Fact]
    public void A_check_that_hangs_runs_into_its_timeout()
    {
        using var world = Checking(Step("timeout: 30s", Job("hangs", 3600), Job("quick", 1)));

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(2));

        world.Releases[^1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.TimedOut, CheckState.Succeeded]);
        world.Status.LastRelease!.Message!.ShouldContain("hangs timed out: the check did not end within its timeout");
    }

    [Fact]
    public void A_Job_that_nobody_runs_is_given_up_by_the_operator_itself()
    {
        using var world = Checking(Step("timeout: 30s", Job("suspended", 5)));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);
        world.Cluster.Kubectl.Patch<V1Job>(ReleaseWorld.Namespace, Jobs(world).Single().Metadata.Name!, """{"spec":{"suspend":true}}""");

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBe(CheckState.TimedOut);
    }

    [Fact]
    public void A_check_whose_pod_is_taken_away_is_no_success()
    {
        using var world = Checking(Step("", Job("smoke", 60)));
        world.Cluster.RunUntil(() => CheckPods(world) is [{ Status.Phase: "Running" }], TimeSpan.FromMinutes(1));

        world.Cluster.Kubectl.Delete<V1Pod>(ReleaseWorld.Namespace, CheckPods(world).Single().Metadata.Name!);
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBeOneOf(CheckState.Failed, CheckState.Disrupted);
    }

    [Fact]
    public void A_Pause_lets_Jobs_run_on_but_leads_nowhere_and_a_failure_still_takes_the_release_back()
    {
        using var world = Checking(Step("", Job("smoke", 30)), Step("", Job("bad", 30, 1)));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        world.Release!.ShouldSatisfyAllConditions(release => release.Step!.Index.ShouldBe(1), release => release.Checks.Single().State.ShouldBe(CheckState.Succeeded));

        world.Patch("""{"spec":{"paused":false}}""");
        world.Until(status => status.Release?.Checks is [{ Name: "bad", State: CheckState.Running }]);
        world.Patch("""{"spec":{"paused":true}}""");
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.Select(check => (check.Step, check.Name, check.State)).ShouldBe([(2, "smoke", CheckState.Succeeded), (3, "bad", CheckState.Failed)]);
    }

    [Fact]
    public void Checks_that_a_Pause_kept_from_starting_have_their_whole_time_afterwards()
    {
        using var world = new ReleaseWorld();
        var accept = UntilItsJobCannotBeCreated(world);
        world.Patch("""{"spec":{"paused":true}}""");
        world.Cluster.RunFor(TimeSpan.FromHours(1));
        accept();
        world.Patch("""{"spec":{"paused":false}}""");

        world.UntilHealthy();
    }

    [Fact]
    public void A_Job_that_the_API_server_refuses_after_all_is_a_check_that_failed()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1);
        world.KillOperator();
        world.StartOperator(options: new ControllerSetOptions { WrapHandler = inner => new FaultyConnection(inner) { Denies = request => IsCreationOfAJob(request) ? "admission webhook policy denied the request: no" : null } });
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", Step("", Job("smoke"))] });

        world.UntilEnded(Outcome.RolledBack);

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().ShouldSatisfyAllConditions(check => check.State.ShouldBe(CheckState.Failed), check => check.Message!.ShouldContain("denied the request: no"));
    }

    [Fact]
    public void A_template_that_the_API_server_refuses_is_an_invalid_spec_and_no_release_begins()
    {
        using var world = new ReleaseWorld();
        var v1 = world.Deployed(V1);
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", """checks: {jobs: [{name: smoke, template: {spec: {containers: [{name: check}]}}}]}"""] });
        world.Until(status => status.RefusedGeneration is not null);

        world.Condition("Stalled")!.ShouldSatisfyAllConditions(stalled => stalled.Reason.ShouldBe(Reasons.InvalidSpec), stalled => stalled.Message!.ShouldContain("spec.strategy.canary.steps[1].checks.jobs[0].template.spec.containers[0].image"));
        world.RunningImages.Distinct().ShouldBe(["registry.example.com/payments:v1"]);
    }

    [Fact]
    public void A_Job_of_that_name_that_is_not_the_Rollouts_is_waited_for_and_never_taken_for_the_check()
    {
        using var world = new ReleaseWorld();
        var accept = UntilItsJobCannotBeCreated(world);
        world.Cluster.Kubectl.Apply($$"""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: {{world.Release!.Checks[0].Job}}, namespace: {{ReleaseWorld.Namespace}}}
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: other, image: "i:1"}] } } }
            """);
        accept();

        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(3));

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().ShouldSatisfyAllConditions(check => check.State.ShouldBe(CheckState.TimedOut), check => check.Message!.ShouldContain("does not belong to this Rollout"));
    }

    [Theory]
    [InlineData("abort", Outcome.Aborted)]
    [InlineData("supersede", Outcome.Superseded)]
    [InlineData("revert", Outcome.Reverted)]
    [InlineData("promote", Outcome.Promoted)]
    public void However_a_release_leaves_its_checks_those_that_still_run_are_ended(string way, Outcome outcome)
    {
        using var world = Checking(Step("", Job("slow", 3000), Job("quick", 1)));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }, { State: CheckState.Succeeded }]);

        if (way == "abort") world.Decide(DecisionAction.Abort);
        if (way == "promote") world.Decide(DecisionAction.PromoteFull);
        if (way == "supersede") world.Apply(V1.V(3));
        if (way == "revert") world.Apply(V1);
        world.Cluster.RunUntil(() => world.Releases[1].Status?.Outcome == outcome, TimeSpan.FromMinutes(5));

        world.Releases[1].Status!.Checks.Select(check => check.State).ShouldBe([CheckState.Canceled, CheckState.Succeeded]);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));
        Jobs(world).ShouldAllBe(job => job.Metadata.Label(Labels.Check) == "quick");
        CheckPods(world).ShouldAllBe(pod => pod.Status!.Phase == "Succeeded");
        world.ShouldBeAtRest();
    }

    [Fact]
    public void A_Retry_checks_anew_with_Jobs_of_its_own()
    {
        using var world = Checking(Step("", Job("smoke", 5, 1)));
        world.UntilEnded(Outcome.RolledBack);
        var first = Jobs(world).ShouldHaveSingleItem().Metadata.Name;

        world.AnswerTo(world.Decide(DecisionAction.Retry)).State.ShouldBe(DecisionState.Applied);
        world.Until(status => status.Release is { Number: 3, Checks: [{ State: CheckState.Running }] });
        world.UntilEnded(Outcome.RolledBack);
        world.Cluster.RunFor(TimeSpan.FromMinutes(1));

        Jobs(world).ShouldHaveSingleItem().Metadata.Name.ShouldNotBe(first, "the Jobs of the release before the last are gone");
    }

    [Fact]
    public void A_Rollout_that_is_deleted_takes_its_checks_along()
    {
        using var world = Checking(Step("", Job("slow", 3000)));
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);

        world.Cluster.Kubectl.Delete<Rollout>(ReleaseWorld.Namespace, ReleaseWorld.Name);
        world.Cluster.RunFor(TimeSpan.FromMinutes(2));

        Jobs(world).ShouldBeEmpty();
        CheckPods(world).ShouldBeEmpty();
    }

    [Fact]
    public void Of_many_checks_the_status_keeps_a_step_and_the_Release_all_and_no_log_outgrows_them()
    {
        var steps = Enumerable.Range(0, 4).Select(step => Step("", [.. Enumerable.Range(0, 10).Select(job => Job($"check-{job}-{new string('x', 20)}", 1, log: new string((char)('a' + step), 1500)))])).ToArray();
        using var world = Checking(steps);

        world.UntilHealthy(TimeSpan.FromMinutes(10));

        var checks = world.Releases[^1].Status!.Checks;
        checks.Count.ShouldBe(40);
        checks.ShouldAllBe(check => check.State == CheckState.Succeeded && check.Log!.Length == 307 && check.Log[0] == 'a' + check.Step - 2);
    }

    [Fact]
    public void A_log_that_is_not_to_be_kept_is_kept_nowhere()
    {
        using var world = Checking(Step("failFast: false", Job("secret", 5, 1, "the password is swordfish", "logTail: false, ")));
        world.UntilEnded(Outcome.RolledBack);

        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().Log.ShouldBeNull();
        world.Status.LastRelease!.Message!.ShouldNotContain("swordfish");
    }

    [Fact]
    public void A_failing_metric_takes_a_release_back_from_its_checks()
    {
        using var world = new ReleaseWorld();
        world.Prometheus.ThresholdValue = 0.1;
        var v1 = world.Deployed(V1 with { Analysis = "interval: 15s\nmetrics:\n- name: latency\n  threshold: {query: 'scalar(latency)', max: \"1\", failures: 2}" });
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", Step("", Job("slow", 3000))] });
        world.Until(status => status.Release?.Checks is [{ State: CheckState.Running }]);

        world.Prometheus.ThresholdValue = 2;
        world.UntilEnded(Outcome.RolledBack, TimeSpan.FromMinutes(5));

        world.Status.LastRelease!.Reason.ShouldBe(Reasons.MetricFailed);
        world.Releases[^1].Status!.Checks.ShouldHaveSingleItem().State.ShouldBe(CheckState.Canceled);
    }

    private static bool IsCreationOfAJob(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/jobs", StringComparison.Ordinal) && !request.RequestUri.Query.Contains("dryRun", StringComparison.Ordinal);

    private static ReleaseWorld Checking(params string[] steps)
    {
        var world = new ReleaseWorld();
        var v1 = world.Deployed(V1);
        world.Apply(v1.V(2) with { Steps = ["setWeight: 25", .. steps] });
        world.Until(status => status.Release?.Step?.Kind == StepKind.Checks);
        return world;
    }

    private static IReadOnlyList<V1Job> Jobs(ReleaseWorld world) => [.. world.Cluster.List<V1Job>(ReleaseWorld.Namespace, (Labels.Checks, ReleaseWorld.Name)).OrderBy(job => job.Metadata.Name, StringComparer.Ordinal)];

    private static IReadOnlyList<V1Pod> CheckPods(ReleaseWorld world) => world.Cluster.List<V1Pod>(ReleaseWorld.Namespace, (Labels.Checks, ReleaseWorld.Name));

    private static IEnumerable<string> Environment(System.Text.Json.JsonElement container) =>
        container.GetProperty("env").EnumerateArray().Select(variable => $"{variable.GetProperty("name").GetString()}={variable.GetProperty("value").GetString()}");
}
