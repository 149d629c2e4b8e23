using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// How a reconciler sees the cluster. <see cref="Get{T}"/> and <see cref="List{T}"/> answer from the watch cache and may be behind;
/// what rests on an absence is confirmed by the live reads.
/// </summary>
public interface IClusterReader
{
    T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject;

    /// <summary>The cached objects of a namespace whose labels contain all of <paramref name="labels"/>.</summary>
    IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject;

    Task<T?> GetLiveAsync<T>(NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject;

    Task<IReadOnlyList<T>> ListLiveAsync<T>(string ns, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>See <see cref="Client.IKubernetesClient.ReadPodLogTailAsync"/>.</summary>
    Task<string?> ReadPodLogTailAsync(NamespacedName pod, string? container, int limitBytes, CancellationToken ct);
}
