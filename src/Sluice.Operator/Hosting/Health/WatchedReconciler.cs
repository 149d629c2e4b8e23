using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Hosting.Health;

/// <summary>A reconciler whose passes the liveness probe can see.</summary>
internal sealed class WatchedReconciler(string controller, IReconciler inner, WorkWatch watch) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        watch.Begin(controller, key);
        try
        {
            return await inner.ReconcileAsync(key, ct);
        }
        finally
        {
            watch.End(controller, key);
        }
    }
}
