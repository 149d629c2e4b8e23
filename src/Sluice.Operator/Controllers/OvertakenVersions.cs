using System.Collections.Concurrent;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers;

/// <summary>
/// The resourceVersions that this process has itself replaced, the last few of each object. A cache that still shows one of them is behind our own writes:
/// acting on it would follow from a status that is no longer the committed one. Versions are opaque, so equality is all there is to go by; of each a digest is
/// kept, since there are as many as sixteen of every Rollout, and one taken for another costs a live read.
/// </summary>
internal sealed class OvertakenVersions
{
    private const int Kept = 16;

    /// <summary>Of FNV-1a with 64 bits.</summary>
    private const ulong OffsetBasis = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    private readonly ConcurrentDictionary<NamespacedName, Queue<ulong>> versions = new();

    public void Add(NamespacedName key, string? version)
    {
        if (version is null) return;

        var queue = versions.GetOrAdd(key, static _ => new Queue<ulong>());
        queue.Enqueue(Digest(version));
        if (queue.Count > Kept) queue.Dequeue();
    }

    public bool Contains(NamespacedName key, string? version) => version is not null && versions.TryGetValue(key, out var queue) && queue.Contains(Digest(version));

    public void Forget(NamespacedName key) => versions.TryRemove(key, out _);

    private static ulong Digest(string version)
    {
        var digest = OffsetBasis;
        foreach (var character in version) digest = unchecked((digest ^ character) * Prime);
        return digest;
    }
}
