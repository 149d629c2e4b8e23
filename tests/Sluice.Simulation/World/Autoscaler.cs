using System.Globalization;
using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World;

/// <summary>A HorizontalPodAutoscaler of <c>payments</c>, for which each pod is to serve 100 requests a second, and the requests that come.</summary>
internal sealed class Autoscaler
{
    private const string Service = "everybody";
    private readonly ReleaseWorld world;

    /// <param name="world">One with routes, for what comes to a Service is read with them.</param>
    /// <param name="load">Requests per second of all pods together.</param>
    public Autoscaler(ReleaseWorld world, double load)
    {
        this.world = world;
        world.Cluster.Kubectl.Apply($$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{Service}}, namespace: {{ReleaseWorld.Namespace}}}
            spec: {selector: {app: payments}, ports: [{port: 80}]}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: {{ReleaseWorld.Name}}, namespace: {{ReleaseWorld.Namespace}}}
            spec:
              scaleTargetRef: {apiVersion: {{ApiGroup.ApiVersion}}, kind: Rollout, name: {{ReleaseWorld.Name}}}
              minReplicas: 2
              maxReplicas: 20
              metrics: [{type: Pods, pods: {metric: {name: http_requests_per_second}, target: {type: AverageValue, averageValue: "100"} } }]
              behavior: {scaleDown: {stabilizationWindowSeconds: 0} }

            """);
        Load(load);
    }

    public V2HorizontalPodAutoscalerStatus? Status => world.Cluster.Get<V2HorizontalPodAutoscaler>(ReleaseWorld.Namespace, ReleaseWorld.Name)!.Status;

    /// <summary>So many requests per second come from now on.</summary>
    public void Load(double requests) => world.Cluster.Kubectl.Patch<V1Service>(
        ReleaseWorld.Namespace,
        Service,
        string.Create(CultureInfo.InvariantCulture, $$$"""{"metadata": {"annotations": {"sandbox.sluice.dev/requests-per-second": "{{{requests}}}" } } }"""));
}
