using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>How a reconciler changes the cluster. Every failure is a <see cref="KubernetesException"/>.</summary>
public interface IClusterWriter
{
    Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Fenced by the item's resourceVersion.</summary>
    Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Fenced by the item's resourceVersion.</summary>
    Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    Task<T> PatchAsync<T>(NamespacedName key, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>False when the object was gone already.</summary>
    Task<bool> DeleteAsync<T>(NamespacedName key, DeleteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;
}
