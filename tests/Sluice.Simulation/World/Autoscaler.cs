using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Client;
using Sluice.Sandbox.Cluster;

namespace Sluice.Simulation.World;

/// <summary>
/// Does what the HorizontalPodAutoscaler's controller does, and knows no more of a Rollout than it: every 15 s it reads the scale subresource, counts the ready pods that its
/// selector selects, and writes the replicas back by the same subresource, with the version that it has read.
/// The formula, and the tolerance of 10%: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details.
/// </summary>
/// <param name="world">Where.</param>
/// <param name="perPod">The requests per second that a pod is to have.</param>
internal sealed class Autoscaler(ReleaseWorld world, double perPod)
{
    private const double Tolerance = 0.1;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Requests per second of all pods together.</summary>
    public required double Load { get; set; }

    /// <summary>Pods that the selector selected when it looked last, ready or not.</summary>
    public int Selected { get; private set; }

    /// <summary>Time goes on, and it looks.</summary>
    public void RunFor(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Period)
        {
            Look();
            world.Cluster.RunFor(Period);
        }
    }

    private void Look()
    {
        var path = $"/apis/{ApiGroup.ApiVersion}/namespaces/{ReleaseWorld.Namespace}/rollouts/{ReleaseWorld.Name}/scale";
        var scale = Send(RawRequest.Get(path));
        var selector = Uri.EscapeDataString((string)scale["status"]!["selector"]!);
        var pods = Send(RawRequest.Get($"/api/v1/namespaces/{ReleaseWorld.Namespace}/pods?labelSelector={selector}"))["items"]!.AsArray();
        Selected = pods.Count(pod => pod!["metadata"]!["deletionTimestamp"] is null);
        var ready = pods.Count(pod => pod!["metadata"]!["deletionTimestamp"] is null && pod["status"]?["conditions"]?.AsArray().Any(condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True") == true);
        if (ready == 0) return;

        var ratio = Load / ready / perPod;
        if (Math.Abs(ratio - 1) <= Tolerance) return;

        scale["spec"]!["replicas"] = (int)Math.Ceiling(ready * ratio);
        Send(new RawRequest(HttpMethod.Put, path) { Body = JsonBody.Of(scale) });
    }

    private JsonObject Send(RawRequest request) => new RawApi(world.Cluster.Client).SendAsync(request, CancellationToken.None).GetAwaiter().GetResult()!;
}
