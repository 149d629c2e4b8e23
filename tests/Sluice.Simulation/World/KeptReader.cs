using System.Runtime.CompilerServices;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Hosting;

namespace Sluice.Simulation.World;

/// <summary>Cached objects as the operator's process keeps them: what it leaves out of its memory is missing here too.</summary>
internal sealed class KeptReader(IClusterReader inner) : IClusterReader
{
    /// <summary>Each version of an object is read many times, and is what is kept of it made once.</summary>
    private readonly ConditionalWeakTable<IKubernetesObject, IKubernetesObject> kept = [];

    public T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject => inner.Get<T>(key) is { } item ? Keep(item) : null;

    public IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject => [.. inner.List<T>(ns, labels).Select(Keep)];

    public Task<T?> GetLiveAsync<T>(NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject => inner.GetLiveAsync<T>(key, ct);

    public Task<IReadOnlyList<T>> ListLiveAsync<T>(string ns, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
        where T : class, IKubernetesObject => inner.ListLiveAsync<T>(ns, labels, ct);

    public Task<string?> ReadPodLogTailAsync(NamespacedName pod, string? container, int limitBytes, CancellationToken ct) =>
        inner.ReadPodLogTailAsync(pod, container, limitBytes, ct);

    private T Keep<T>(T item)
        where T : class, IKubernetesObject => (T)kept.GetValue(item, static item => item switch
    {
        Rollout rollout => CacheProjections.Applied(rollout),
        Release release => CacheProjections.Ended(release),
        Decision decision => CacheProjections.Applied(decision),
        V1ReplicaSet set => CacheProjections.ReplicaSet(set),
        V1Pod pod => CacheProjections.Pod(pod),
        _ => item,
    });
}
