using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>
/// Tells the traffic how routes split it, at intervals: their kinds are custom resources that may come at any time, and a proxy learns of a change a moment
/// late too.
/// </summary>
internal sealed class RouteReconciler(ClusterLifePorts ports, TrafficSimulation traffic, TimeSpan interval) : IReconciler
{
    public static readonly NamespacedName Key = new("", "routes");

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var routes = await ReadAsync(ct);
        traffic.Follow([.. routes
            .Select(route => TrafficRoute.Of(route, name => ports.Reader.Get<V1Service>(new NamespacedName(route.Metadata.Namespace ?? "", name))))
            .OfType<TrafficRoute>()]);
        return ReconcileResult.After(interval);
    }

    private async Task<IReadOnlyList<V1HTTPRoute>> ReadAsync(CancellationToken ct)
    {
        try
        {
            var list = await ports.Api.SendAsync(RawRequest.Get($"/{KubernetesResource.Of<V1HTTPRoute>().Collection(ns: null)}"), ct);
            return list?.Deserialize(ModelsJsonContext.Default.KubernetesListV1HTTPRoute)?.Items ?? [];
        }
        catch (KubernetesException unknown) when (unknown.IsNotFound)
        {
            return [];
        }
    }
}
