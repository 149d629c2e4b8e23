using System.Collections.Concurrent;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers;

/// <summary>
/// The resourceVersions that this process has itself replaced, the last few of each object. A cache that still shows one of them is behind our own writes:
/// acting on it would follow from a status that is no longer the committed one. Versions are opaque, so equality is all there is to go by.
/// </summary>
internal sealed class OvertakenVersions
{
    private const int Kept = 16;

    private readonly ConcurrentDictionary<NamespacedName, Queue<string>> versions = new();

    public void Add(NamespacedName key, string? version)
    {
        if (version is null) return;

        var queue = versions.GetOrAdd(key, static _ => new Queue<string>());
        queue.Enqueue(version);
        if (queue.Count > Kept) queue.Dequeue();
    }

    public bool Contains(NamespacedName key, string? version) => version is not null && versions.TryGetValue(key, out var queue) && queue.Contains(version);

    public void Forget(NamespacedName key) => versions.TryRemove(key, out _);
}
