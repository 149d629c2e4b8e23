using System.Collections.Concurrent;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Hosting.Health;

/// <summary>
/// Knows which reconciles are under way and since when. A reconcile ends within the deadlines of its requests; one that outlives
/// <see cref="StuckAfter"/> will not end by itself, and only a restart helps.
/// </summary>
internal sealed class WorkWatch(TimeProvider time)
{
    /// <summary>Well above the longest of a pass over a struggling API server: some requests of 30 s, tried again after waits of up to a minute.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(20);

    private readonly ConcurrentDictionary<(string Controller, NamespacedName Key), long> _underWay = new();

    public void Begin(string controller, NamespacedName key) => _underWay[(controller, key)] = time.GetTimestamp();

    public void End(string controller, NamespacedName key) => _underWay.TryRemove((controller, key), out _);

    /// <summary>A sentence about one reconcile that is stuck; null when none is.</summary>
    public string? FindStuck()
    {
        foreach (var ((controller, key), since) in _underWay)
        {
            if (time.GetElapsedTime(since) > StuckAfter) return $"reconcile of {controller} {key} has not ended for {time.GetElapsedTime(since):c}";
        }

        return null;
    }
}
