using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>Writes by a client.</summary>
internal sealed class ClientWriter(IKubernetesClient client) : IClusterWriter
{
    public Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => client.CreateAsync(item, options, ct);

    public Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => client.UpdateAsync(item, options, ct);

    public Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => client.UpdateStatusAsync(item, options, ct);

    public Task<T> PatchAsync<T>(NamespacedName key, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => client.PatchAsync<T>(key.Namespace, key.Name, patch, options, ct);

    public Task<bool> DeleteAsync<T>(NamespacedName key, DeleteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => client.DeleteAsync<T>(key.Namespace, key.Name, options, ct);
}
