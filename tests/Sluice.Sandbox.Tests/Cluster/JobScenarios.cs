using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class JobScenarios : IDisposable
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5);

    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions());

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_job_runs_its_pod_and_completes_with_its_log_and_exit_code()
    {
        _cluster.Kubectl.Apply(Job("migrate", $"{Behaviour("duration", "4s")}, {Behaviour("log", "3 migrations applied")}"));

        _cluster.RunUntil(() => Condition("Complete") is not null, Minutes);

        Condition("SuccessCriteriaMet")!.Reason.ShouldBe("CompletionsReached");
        Condition("Complete")!.Reason.ShouldBe("CompletionsReached");
        var status = Status();
        status.Succeeded.ShouldBe(1);
        status.Failed.ShouldBeNull();
        status.Active.ShouldBeNull();
        status.UncountedTerminatedPods?.Succeeded.ShouldBeNull();
        (status.CompletionTime - status.StartTime)!.Value.TotalSeconds.ShouldBeInRange(4, 7);
        var pod = Pods().ShouldHaveSingleItem();
        pod.Metadata.Finalizers.ShouldBeNull();
        pod.Metadata.Label("batch.kubernetes.io/job-name").ShouldBe("migrate");
        pod.Status!.Phase.ShouldBe("Succeeded");
        pod.Status.ContainerStatuses![0].State!.Terminated!.ExitCode.ShouldBe(0);
        _cluster.Kubectl.Logs("default", pod.Metadata.Name!).ShouldBe("3 migrations applied");
    }

    [Fact]
    public void A_failing_pod_is_retried_with_growing_waits_up_to_the_backoff_limit()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("exit-code", "3"), "backoffLimit: 2"));
        var starts = new List<DateTimeOffset>();
        _cluster.Observe(write =>
        {
            if (write is { Resource: "pods", Before: null }) starts.Add(_cluster.Now);
        });

        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        Condition("FailureTarget")!.Reason.ShouldBe("BackoffLimitExceeded");
        Condition("Failed")!.Reason.ShouldBe("BackoffLimitExceeded");
        Status().Failed.ShouldBe(3);
        Status().CompletionTime.ShouldBeNull();
        Pods().Count.ShouldBe(3);
        Pods().ShouldAllBe(pod => pod.Status!.ContainerStatuses![0].State!.Terminated!.ExitCode == 3);
        (starts[1] - starts[0]).TotalSeconds.ShouldBeInRange(10, 13);
        (starts[2] - starts[1]).TotalSeconds.ShouldBeInRange(20, 23);
    }

    [Fact]
    public void A_job_past_its_deadline_is_failed_after_its_pod_has_ended()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "1h"), "activeDeadlineSeconds: 60"));

        _cluster.RunUntil(() => Condition("FailureTarget") is not null, Minutes);
        Condition("Failed").ShouldBeNull();
        (_cluster.Now - Status().StartTime!.Value).TotalSeconds.ShouldBeInRange(60, 61);
        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        Condition("Failed")!.Reason.ShouldBe("DeadlineExceeded");
        Status().Failed.ShouldBe(1);
        _cluster.RunUntil(() => Pods().Count == 0, Minutes);
    }

    [Theory]
    [InlineData("TerminatingOrFailed")]
    [InlineData("Failed")]
    public void A_pod_that_somebody_deletes_counts_as_failed(string policy)
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "10m"), $"backoffLimit: 0\n  podReplacementPolicy: {policy}"));
        _cluster.RunUntil(() => Status().Ready == 1, Minutes);

        _cluster.Kubectl.Delete<V1Pod>("default", Pods()[0].Metadata.Name!);
        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        Condition("Failed")!.Reason.ShouldBe("BackoffLimitExceeded");
        Status().Failed.ShouldBe(1);
    }

    [Fact]
    public void A_pod_deleted_without_grace_does_not_vanish_uncounted()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "10m")));
        _cluster.RunUntil(() => Status().Ready == 1, Minutes);

        _cluster.Kubectl.Delete<V1Pod>("default", Pods()[0].Metadata.Name!, new DeleteOptions { GracePeriodSeconds = 0 });
        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        Status().Failed.ShouldBe(1);
        _cluster.RunUntil(() => Pods().Count == 0, Minutes);
    }

    [Fact]
    public void With_pod_replacement_policy_failed_the_next_pod_waits_for_the_end_of_the_last()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "10m"), "backoffLimit: 3\n  podReplacementPolicy: Failed"));
        _cluster.RunUntil(() => Status().Ready == 1, Minutes);
        var together = 0;
        _cluster.Observe(_ => together = Math.Max(together, Pods().Count(pod => pod.Status?.Phase is not ("Failed" or "Succeeded"))));

        _cluster.Kubectl.Delete<V1Pod>("default", Pods()[0].Metadata.Name!);
        _cluster.RunUntil(() => Status() is { Failed: 1, Ready: 1 }, Minutes);

        together.ShouldBe(1);
    }

    [Fact]
    public void Completions_run_side_by_side_up_to_the_parallelism()
    {
        _cluster.Kubectl.Apply(Job("batch", Behaviour("duration", "5s"), "completions: 5\n  parallelism: 2"));
        var most = 0;
        _cluster.Observe(_ => most = Math.Max(most, Pods("batch").Count(pod => pod.Status?.Phase is "Running" or "Pending")));

        _cluster.RunUntil(() => Condition("Complete", "batch") is not null, Minutes);

        most.ShouldBe(2);
        Pods("batch").Count.ShouldBe(5);
        Status("batch").Succeeded.ShouldBe(5);
    }

    [Fact]
    public void A_suspended_job_has_no_pods_until_it_is_resumed()
    {
        _cluster.Kubectl.Apply(Job("migrate", more: "suspend: true"));
        _cluster.RunFor(Minutes);
        Pods().ShouldBeEmpty();
        Condition("Suspended")!.Reason.ShouldBe("JobSuspended");
        Status().StartTime.ShouldBeNull();

        _cluster.Kubectl.Patch<V1Job>("default", "migrate", """{"spec":{"suspend":false}}""");
        _cluster.RunUntil(() => Condition("Complete") is not null, Minutes);
        Condition("Suspended")!.Status.ShouldBe("False");
    }

    [Fact]
    public void A_finished_job_with_a_time_to_live_is_deleted_with_its_pods()
    {
        _cluster.Kubectl.Apply(Job("migrate", more: "ttlSecondsAfterFinished: 100"));
        _cluster.RunUntil(() => Condition("Complete") is not null, Minutes);
        _cluster.RunFor(TimeSpan.FromSeconds(90));
        _cluster.Get<V1Job>("default", "migrate").ShouldNotBeNull();

        _cluster.RunUntil(() => _cluster.Get<V1Job>("default", "migrate") is null, TimeSpan.FromSeconds(30));
        _cluster.RunUntil(() => Pods().Count == 0, Minutes);
    }

    [Fact]
    public void A_deleted_job_takes_its_running_pod_with_it()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "10m")));
        _cluster.RunUntil(() => Status().Ready == 1, Minutes);

        _cluster.Kubectl.Delete<V1Job>("default", "migrate");

        _cluster.RunUntil(() => Pods().Count == 0 && _cluster.Get<V1Job>("default", "migrate") is null, Minutes);
    }

    [Fact]
    public void Restarts_in_place_are_bounded_by_the_backoff_limit_too()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("exit-code", "1"), "backoffLimit: 2", "OnFailure"));

        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        Condition("Failed")!.Reason.ShouldBe("BackoffLimitExceeded");
    }

    [Fact]
    public void A_malformed_annotation_fails_the_pod_and_says_why()
    {
        _cluster.Kubectl.Apply(Job("migrate", Behaviour("duration", "soon")));

        _cluster.RunUntil(() => Condition("Failed") is not null, Minutes);

        var status = Pods().Single().Status!;
        status.Reason.ShouldBe("InvalidSandboxAnnotation");
        status.Message.ShouldBe("annotation sandbox.sluice.dev/duration: soon is not understood");
    }

    [Fact]
    public void At_rest_nothing_is_written()
    {
        _cluster.Kubectl.Apply(Job("migrate"));
        _cluster.RunUntil(() => Condition("Complete") is not null, Minutes);
        _cluster.RunFor(Minutes);
        var version = _cluster.Server.ResourceVersion;

        _cluster.RunFor(TimeSpan.FromHours(1));

        _cluster.Server.ResourceVersion.ShouldBe(version);
        _cluster.Failures.ShouldBeEmpty();
    }

    private V1JobStatus Status(string name = "migrate") => _cluster.Get<V1Job>("default", name)?.Status ?? new V1JobStatus();

    private V1PodCondition? Condition(string type, string name = "migrate") => Status(name).Conditions?.FirstOrDefault(condition => condition.Type == type);

    private IReadOnlyList<V1Pod> Pods(string name = "migrate") => _cluster.List<V1Pod>("default", ("job-name", name));
}
