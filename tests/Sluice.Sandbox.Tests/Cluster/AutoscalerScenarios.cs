using Sluice.Kubernetes.Models;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Cluster.Traffic;
using Sluice.Sandbox.VirtualTime;
using static Sluice.Sandbox.Tests.Cluster.Manifests;

namespace Sluice.Sandbox.Tests.Cluster;

/// <summary>A HorizontalPodAutoscaler of a Deployment whose every request costs 5 ms of processor time, and whose pods request half a processor.</summary>
public sealed class AutoscalerScenarios : IDisposable
{
    private readonly VirtualCluster _cluster = new(new VirtualClusterOptions
    {
        Life = new ClusterLifeOptions { GarbageSweep = null, Traffic = new TrafficOptions { RouteInterval = TimeSpan.FromSeconds(1) } },
    });

    private V2HorizontalPodAutoscalerStatus? Status => _cluster.Get<V2HorizontalPodAutoscaler>("default", "web")!.Status;

    private int Replicas => _cluster.Get<V1Deployment>("default", "web")!.Spec!.Replicas!.Value;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void More_requests_get_more_pods_at_once_and_fewer_requests_fewer_after_five_minutes()
    {
        Start(load: 100);
        _cluster.RunFor(TimeSpan.FromMinutes(1));
        Replicas.ShouldBe(2, "100 requests of 5 ms are half a processor, and half of one is requested by each of two pods: 50%");
        Status!.CurrentMetrics!.Single().Resource!.Current!.AverageUtilization.ShouldBe(50);
        Condition("ScalingActive").ShouldBe(("True", "ValidMetricFound"));

        Load(350);
        _cluster.RunFor(TimeSpan.FromMinutes(1));
        Replicas.ShouldBe(7);

        Load(100);
        _cluster.RunFor(TimeSpan.FromMinutes(4));
        Replicas.ShouldBe(7);
        _cluster.RunFor(TimeSpan.FromMinutes(2));
        Replicas.ShouldBe(2);
    }

    [Fact]
    public void It_stays_within_its_bounds_and_grows_no_faster_than_four_pods_or_twofold_at_a_look()
    {
        Start(load: 5000);
        _cluster.RunUntil(() => Replicas > 2, TimeSpan.FromMinutes(1));
        Replicas.ShouldBe(6);
        Condition("ScalingLimited").ShouldBe(("True", "ScaleUpLimit"));

        _cluster.RunFor(TimeSpan.FromMinutes(1));
        Replicas.ShouldBe(10);
        Condition("ScalingLimited").ShouldBe(("True", "TooManyReplicas"));
    }

    [Fact]
    public void What_it_cannot_measure_or_find_is_said_and_scales_nothing()
    {
        Start(load: 5000, requests: "");
        _cluster.RunFor(TimeSpan.FromMinutes(1));
        Replicas.ShouldBe(2);
        Condition("ScalingActive").ShouldBe(("False", "FailedGetMetric"));
        Status!.Conditions!.Single(condition => condition.Type == "ScalingActive").Message.ShouldNotBeNull().ShouldContain("missing request for cpu in container app of Pod web-");

        _cluster.Kubectl.Delete<V1Deployment>("default", "web");
        _cluster.RunFor(TimeSpan.FromMinutes(1));
        Condition("AbleToScale").ShouldBe(("False", "FailedGetScale"));
    }

    [Fact]
    public void A_target_that_is_scaled_to_nothing_stays_there()
    {
        Start(load: 5000);
        _cluster.Kubectl.Scale<V1Deployment>("default", "web", 0);
        _cluster.RunFor(TimeSpan.FromMinutes(1));

        Replicas.ShouldBe(0);
        Condition("ScalingActive").ShouldBe(("False", "ScalingDisabled"));
    }

    private void Start(int load, string requests = ", resources: {requests: {cpu: 500m} }")
    {
        _cluster.Kubectl.Apply(Deployment("web", 2, $"example/app:1{requests}", $"{Behaviour("requests-per-second", "1")}, {Behaviour("cpu-per-request", "5m")}"));
        _cluster.Kubectl.Apply("""
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web, namespace: default}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
              minReplicas: 2
              maxReplicas: 10
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]

            """);
        Load(load);
        _cluster.RunUntil(() => _cluster.Get<V1Deployment>("default", "web")!.Status?.ReadyReplicas == 2, TimeSpan.FromMinutes(1));
    }

    private void Load(int requests) => _cluster.Kubectl.Patch<V1Service>("default", "web", $$$"""{"metadata": {"annotations": {"sandbox.sluice.dev/requests-per-second": "{{{requests}}}"} } }""");

    private (string Status, string? Reason) Condition(string type) => Status!.Conditions!.Where(condition => condition.Type == type).Select(condition => (condition.Status, condition.Reason)).Single();
}
