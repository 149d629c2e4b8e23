using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.VirtualTime;

namespace Sluice.Simulation.World;

/// <summary>Sees the cluster as it is, without lag and without faults.</summary>
internal sealed class LiveReader(VirtualCluster cluster) : IClusterReader
{
    public T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject => cluster.Get<T>(key.Namespace, key.Name);

    public IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject => cluster.List<T>(ns, [.. labels.Select(label => (label.Key, label.Value))]);

    public Task<T?> GetLiveAsync<T>(NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject => Task.FromResult(Get<T>(key));

    public Task<IReadOnlyList<T>> ListLiveAsync<T>(string ns, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        where T : class, IKubernetesObject => Task.FromResult(List<T>(ns, labels));

    public Task<string?> ReadPodLogTailAsync(NamespacedName pod, string? container, int limitBytes, CancellationToken ct) => Task.FromResult<string?>(null);
}
