using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>
/// Tells the traffic how routes split it and what comes to Services, at intervals: their kinds are custom resources that may come at any time, and a proxy learns of a change a moment
/// late too.
/// </summary>
internal sealed class RouteReconciler(ClusterLifePorts ports, TrafficSimulation traffic, TimeSpan interval) : IReconciler
{
    public static readonly NamespacedName Key = new("", "routes");

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var gateway = await ReadAsync(ModelsJsonContext.Default.KubernetesListV1HTTPRoute, ct);
        var istio = await ReadAsync(ModelsJsonContext.Default.KubernetesListV1Beta1VirtualService, ct);
        var subsets = istio.Any(TrafficRoute.HasSubsets) ? await ReadAsync(ModelsJsonContext.Default.KubernetesListV1Beta1DestinationRule, ct) : [];
        var ingresses = await ReadAsync(ModelsJsonContext.Default.KubernetesListV1Ingress, ct);
        var routes = gateway.Select(route => TrafficRoute.Of(route, ServicesBeside(route)))
            .Concat(istio.Select(route => TrafficRoute.Of(route, subsets, ServicesBeside(route))))
            .Concat(ingresses.Select(canary => TrafficRoute.Of(canary, ingresses, ServicesBeside(canary))));
        traffic.Follow([.. routes.OfType<TrafficRoute>()], [.. traffic.Namespaces.SelectMany(ServicesIn).Select(ServiceTraffic.Of).OfType<ServiceTraffic>()]);
        return ReconcileResult.After(interval);
    }

    private IReadOnlyList<V1Service> ServicesIn(string ns) => ports.Reader.List<V1Service>(ns, new Dictionary<string, string>());

    private Func<string, V1Service?> ServicesBeside(IKubernetesObject route) => name => ports.Reader.Get<V1Service>(new NamespacedName(route.Metadata.Namespace ?? "", name));

    private async Task<IReadOnlyList<T>> ReadAsync<T>(JsonTypeInfo<KubernetesList<T>> type, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        try
        {
            var list = await ports.Api.SendAsync(RawRequest.Get($"/{KubernetesResource.Of<T>().Collection(ns: null)}"), ct);
            return list?.Deserialize(type)?.Items ?? [];
        }
        catch (KubernetesException unknown) when (unknown.IsNotFound)
        {
            return [];
        }
    }
}
