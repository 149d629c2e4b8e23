using Sluice.Kubernetes.Models;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

public sealed class PodScenarios : IDisposable
{
    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions { LifeEvents = true });

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_pod_is_scheduled_created_run_and_ready_after_its_delay()
    {
        var phases = new List<string>();
        _cluster.Observe(write =>
        {
            if (write.Resource == "pods") phases.Add(Describe(_cluster.Get<V1Pod>("default", "web")!));
        });
        _cluster.Kubectl.Apply(Pod("web", Behaviour("ready-after", "10s")));
        var start = _cluster.Now;

        _cluster.RunUntil(() => Condition("Ready") == "True", TimeSpan.FromMinutes(1));

        phases.Distinct().ShouldBe(["Pending", "Pending ContainerCreating", "Running not ready", "Running ready"]);
        (_cluster.Now - start).TotalSeconds.ShouldBeInRange(10.5, 10.7);
        Get().Status!.PodIP.ShouldNotBeNull();
        Get().Status!.StartTime.ShouldNotBeNull();
    }

    [Fact]
    public void A_deleted_pod_ends_within_its_grace_and_is_gone()
    {
        _cluster.Kubectl.Apply(Pod("web"));
        _cluster.RunUntil(() => Condition("Ready") == "True", TimeSpan.FromMinutes(1));

        _cluster.Kubectl.Delete<V1Pod>("default", "web");
        _cluster.Get<V1Pod>("default", "web")!.Metadata.DeletionTimestamp.ShouldNotBeNull();

        _cluster.RunUntil(() => _cluster.Get<V1Pod>("default", "web") is null, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_crashing_container_restarts_at_once_and_then_after_10_20_and_40_seconds()
    {
        var starts = new List<DateTimeOffset>();
        _cluster.Observe(write =>
        {
            if (write.Resource == "pods" && Container()?.State?.Running is not null && Container()!.RestartCount == starts.Count) starts.Add(_cluster.Now);
        });
        _cluster.Kubectl.Apply(Pod("web", Behaviour("crash", "2s")));

        _cluster.RunUntil(() => starts.Count == 5, TimeSpan.FromMinutes(5));

        var waits = starts.Zip(starts.Skip(1), (from, to) => Math.Round((to - from).TotalSeconds)).ToList();
        waits.ShouldBe([3, 12, 22, 42]);
    }

    [Fact]
    public void Between_restarts_the_container_is_in_crash_loop_back_off_with_its_last_state()
    {
        _cluster.Kubectl.Apply(Pod("web", Behaviour("crash", "true")));

        _cluster.RunUntil(() => Container()?.State?.Waiting?.Reason == "CrashLoopBackOff", TimeSpan.FromMinutes(1));

        Get().Status!.Phase.ShouldBe("Running");
        Container()!.State!.Waiting!.Message.ShouldStartWith("back-off 10s restarting failed container=app pod=web_default(");
        Container()!.LastState!.Terminated!.ExitCode.ShouldBe(1);
        Container()!.LastState!.Terminated!.Reason.ShouldBe("Error");
        Container()!.Ready.ShouldBeFalse();
        _cluster.RunUntil(() => Container()!.RestartCount == 3, TimeSpan.FromMinutes(2));
        Condition("Ready").ShouldBe("False");
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_alternates_between_error_and_back_off()
    {
        var reasons = new List<string>();
        _cluster.Observe(write =>
        {
            if (write.Resource == "pods" && Container()?.State?.Waiting?.Reason is { } reason && reasons.LastOrDefault() != reason) reasons.Add(reason);
        });
        _cluster.Kubectl.Apply(Pod("web", Behaviour("image-pull-error", "true")));

        _cluster.RunFor(TimeSpan.FromSeconds(30));

        reasons.ShouldBe(["ErrImagePull", "ImagePullBackOff", "ErrImagePull", "ImagePullBackOff"]);
        Get().Status!.Phase.ShouldBe("Pending");
    }

    [Theory]
    [InlineData("image-pull-error", "InvalidImageName", "InvalidImageName")]
    [InlineData("image-pull-error", "ErrImageNeverPull", "ErrImageNeverPull")]
    [InlineData("error-rate", "150%", "CreateContainerConfigError")]
    [InlineData("ready-after", "-1s", "CreateContainerConfigError")]
    [InlineData("requests-per-second", "many", "CreateContainerConfigError")]
    [InlineData("exit-code", "256", "CreateContainerConfigError")]
    [InlineData("no-such-thing", "1", "CreateContainerConfigError")]
    public void What_cannot_be_run_waits_with_its_reason(string annotation, string value, string reason)
    {
        _cluster.Kubectl.Apply(Pod("web", Behaviour(annotation, value)));

        _cluster.RunUntil(() => Container()?.State?.Waiting?.Reason == reason, TimeSpan.FromMinutes(1));
        _cluster.RunFor(TimeSpan.FromMinutes(10));

        Container()!.State!.Waiting!.Reason.ShouldBe(reason);
        Events().ShouldContain(reason);
    }

    [Fact]
    public void A_pod_that_no_node_takes_stays_pending_and_can_be_deleted()
    {
        _cluster.Kubectl.Apply(Pod("web", Behaviour("unschedulable", "true")));

        _cluster.RunFor(TimeSpan.FromMinutes(5));

        Get().Status!.Phase.ShouldBe("Pending");
        Get().Spec!.NodeName.ShouldBeNullOrEmpty();
        var scheduled = Get().Status!.Conditions!.Single(condition => condition.Type == "PodScheduled");
        scheduled.Status.ShouldBe("False");
        scheduled.Reason.ShouldBe("Unschedulable");
        Events().ShouldContain("FailedScheduling");

        _cluster.Kubectl.Delete<V1Pod>("default", "web");
        _cluster.RunUntil(() => _cluster.Get<V1Pod>("default", "web") is null, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_node_that_restarts_goes_on_with_the_pods_as_they_are()
    {
        _cluster.Kubectl.Apply(Pod("web", Behaviour("crash", "2s")));
        _cluster.RunUntil(() => Container()?.RestartCount == 2 && Container()!.State!.Running is not null, TimeSpan.FromMinutes(2));
        var ip = Get().Status!.PodIP;

        _cluster.RemoveControllers(VirtualCluster.LifeName);
        _cluster.RunFor(TimeSpan.FromMinutes(5));
        _cluster.StartLife();
        _cluster.RunUntil(() => Container()!.RestartCount == 3, TimeSpan.FromMinutes(5));

        Get().Status!.PodIP.ShouldBe(ip);
    }

    [Fact]
    public void The_node_exists_and_is_ready()
    {
        _cluster.RunUntil(() => _cluster.Get<V1Node>("", "sandbox-node")?.Status?.Conditions?.Any(item => item is { Type: "Ready", Status: "True" }) == true, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_service_lists_its_ready_pods_in_an_endpoint_slice()
    {
        _cluster.Kubectl.Apply(ReplicaSet("web", 2));
        _cluster.Kubectl.Apply("""
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
            """);

        _cluster.RunUntil(() => Ready().Count == 2, TimeSpan.FromMinutes(1));
        var slice = _cluster.List<V1EndpointSlice>("default", ("kubernetes.io/service-name", "web")).ShouldHaveSingleItem();
        slice.Ports!.ShouldHaveSingleItem().Port.ShouldBe(8080);

        _cluster.Kubectl.Delete<V1Pod>("default", Ready()[0].TargetRef!.Name!);
        _cluster.RunUntil(() => Ready().Count == 1, TimeSpan.FromMilliseconds(100));

        _cluster.Kubectl.Delete<V1Service>("default", "web");
        _cluster.RunUntil(() => _cluster.List<V1EndpointSlice>("default").Count == 0, TimeSpan.FromSeconds(5));

        IReadOnlyList<V1Endpoint> Ready() => [.. _cluster.List<V1EndpointSlice>("default").SelectMany(item => item.Endpoints ?? []).Where(item => item.Conditions?.Ready == true)];
    }

    private static string Describe(V1Pod pod) => pod.Status?.Phase + (pod.Status?.ContainerStatuses?[0] switch
    {
        null => "",
        { State.Waiting.Reason: { } reason } => $" {reason}",
        { Ready: true } => " ready",
        _ => " not ready",
    });

    private V1Pod Get() => _cluster.Get<V1Pod>("default", "web")!;

    private V1ContainerStatus? Container() => _cluster.Get<V1Pod>("default", "web")?.Status?.ContainerStatuses?[0];

    private string? Condition(string type) => Get().Status?.Conditions?.FirstOrDefault(condition => condition.Type == type)?.Status;

    private List<string?> Events() => [.. _cluster.Client.ListAsync<EventsV1Event>("default", null, CancellationToken.None).GetAwaiter().GetResult().Items.Select(item => item.Reason)];
}
