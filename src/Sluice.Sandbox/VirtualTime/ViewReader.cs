using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>Cached reads from a process' view; live ones by its client, faults included.</summary>
internal sealed class ViewReader(ClusterState view, IKubernetesClient client) : IClusterReader
{
    public T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject => view.Get<T>(key);

    public IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject => view.List<T>(ns, labels);

    public Task<T?> GetLiveAsync<T>(NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject => client.GetAsync<T>(NullIfEmpty(key.Namespace), key.Name, ct);

    public async Task<IReadOnlyList<T>> ListLiveAsync<T>(string ns, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var selector = labels.Count == 0 ? null : string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
        return (await client.ListAsync<T>(NullIfEmpty(ns), selector, ct)).Items;
    }

    public Task<string?> ReadPodLogTailAsync(NamespacedName pod, string? container, int limitBytes, CancellationToken ct) =>
        client.ReadPodLogTailAsync(pod.Namespace, pod.Name, container, limitBytes, ct);

    private static string? NullIfEmpty(string ns) => ns.Length == 0 ? null : ns;
}
