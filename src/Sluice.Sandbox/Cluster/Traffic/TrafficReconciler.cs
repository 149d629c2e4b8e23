using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>Tells the traffic which pods there are; writes nothing.</summary>
internal sealed class TrafficReconciler(IClusterReader reader, TrafficSimulation traffic) : IReconciler
{
    public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (reader.Get<V1Pod>(key) is { } pod) traffic.Observe(pod);
        else traffic.Depart(key);
        return Task.FromResult(ReconcileResult.Success);
    }
}
