using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>A running controller: its definition, and what the queue must remember of its keys.</summary>
internal sealed class VirtualController(ControllerSet set, ControllerDefinition definition)
{
    private readonly Dictionary<NamespacedName, int> _failures = [];
    private readonly Dictionary<NamespacedName, (long Second, int Count)> _pace = [];

    public ControllerSet Set { get; } = set;

    public ControllerDefinition Definition { get; } = definition;

    public string Name => Definition.Name;

    public long Reconciles { get; private set; }

    /// <summary>The keys whose last reconciles failed, and how many in a row.</summary>
    public IEnumerable<(NamespacedName Key, int Count)> Failures => _failures.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    public void Succeeded(NamespacedName key) => _failures.Remove(key);

    public TimeSpan NextBackoff(NamespacedName key)
    {
        var failures = _failures.GetValueOrDefault(key);
        _failures[key] = failures + 1;
        return Definition.Backoff.After(failures);
    }

    /// <summary>Counts a reconcile; returns how many of this key there were in the present second of virtual time.</summary>
    public int Count(NamespacedName key, DateTimeOffset now)
    {
        Reconciles++;
        var second = now.ToUnixTimeSeconds();
        var (known, count) = _pace.GetValueOrDefault(key);
        count = known == second ? count + 1 : 1;
        _pace[key] = (second, count);
        return count;
    }
}
