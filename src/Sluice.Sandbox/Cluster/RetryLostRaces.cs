using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster;

/// <summary>
/// A write that loses to another writer, or finds its object gone, is no error of a controller: its view was late.
/// It looks again, with the key's backoff.
/// </summary>
internal sealed class RetryLostRaces(IReconciler inner) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        try
        {
            return await inner.ReconcileAsync(key, ct);
        }
        catch (KubernetesException lost) when (lost.IsConflict || lost.IsAlreadyExists || lost.IsNotFound)
        {
            return ReconcileResult.Retry(lost.Message);
        }
    }
}
