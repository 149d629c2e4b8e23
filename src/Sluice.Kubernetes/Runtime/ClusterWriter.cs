using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Writes through the client while the gate is open; a write under way when it closes is cut off.</summary>
public sealed class ClusterWriter(IKubernetesClient client, WriteGate gate) : IClusterWriter
{
    public Task<T> CreateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => WriteAsync(token => client.CreateAsync(item, options, token), ct);

    public Task<T> UpdateAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => WriteAsync(token => client.UpdateAsync(item, options, token), ct);

    public Task<T> UpdateStatusAsync<T>(T item, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => WriteAsync(token => client.UpdateStatusAsync(item, options, token), ct);

    public Task<T> PatchAsync<T>(NamespacedName key, KubernetesPatch patch, WriteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => WriteAsync(token => client.PatchAsync<T>(key.Namespace, key.Name, patch, options, token), ct);

    public Task<bool> DeleteAsync<T>(NamespacedName key, DeleteOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => WriteAsync(token => client.DeleteAsync<T>(key.Namespace, key.Name, options, token), ct);

    private async Task<TResult> WriteAsync<TResult>(Func<CancellationToken, Task<TResult>> write, CancellationToken ct)
    {
        gate.ThrowIfClosed();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, gate.Closed);
        try
        {
            return await write(either.Token);
        }
        catch (OperationCanceledException error) when (gate.Closed.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw WriteGate.NotLeading(error);
        }
    }
}
