using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Kubernetes.Caching;

/// <summary>Reads from the informers, and live where that is asked for.</summary>
public sealed class CachedClusterReader(InformerFactory informers, IKubernetesClient client) : IClusterReader
{
    public T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject => informers.For<T>().Get(key);

    public IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject => informers.For<T>().List(ns, labels);

    public Task<T?> GetLiveAsync<T>(NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject => client.GetAsync<T>(key.Namespace, key.Name, ct);

    public async Task<IReadOnlyList<T>> ListLiveAsync<T>(string ns, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var selector = labels.Count == 0 ? null : string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        var list = await client.ListAsync<T>(ns.Length == 0 ? null : ns, selector, ct);
        return list.Items;
    }

    public Task<string?> ReadPodLogTailAsync(NamespacedName pod, string? container, int limitBytes, CancellationToken ct) =>
        client.ReadPodLogTailAsync(pod.Namespace, pod.Name, container, limitBytes, ct);
}
