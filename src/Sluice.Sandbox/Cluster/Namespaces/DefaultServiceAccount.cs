using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Namespaces;

/// <summary>Gives every namespace the ServiceAccount that its pods run under when they name none.</summary>
internal sealed class DefaultServiceAccount(ClusterLifePorts ports) : IReconciler
{
    public const string Name = "default";

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (ports.Reader.Get<V1Namespace>(key) is not { Metadata.DeletionTimestamp: null }) return ReconcileResult.Success;
        var account = new NamespacedName(key.Name, Name);
        if (ports.Reader.Get<V1ServiceAccount>(account) is not null || await ports.Reader.GetLiveAsync<V1ServiceAccount>(account, ct) is not null) return ReconcileResult.Success;
        await ports.Writer.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Name, Namespace = key.Name } }, WriteOptions.Default, ct);
        return ReconcileResult.Success;
    }
}
