using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>A key of a controller.</summary>
internal readonly record struct QueuedKey(VirtualController Controller, NamespacedName Key);

/// <summary>
/// The work of all controllers on one thread: keys that are ready, each at most once, and keys that become ready at a moment, each at its
/// earliest. In order of arrival, or in an order drawn from a seed.
/// </summary>
internal sealed class VirtualQueue(Random? interleaving)
{
    private readonly List<QueuedKey> _ready = [];
    private readonly HashSet<QueuedKey> _waiting = [];
    private readonly Dictionary<QueuedKey, DateTimeOffset> _due = [];
    private readonly PriorityQueue<(QueuedKey Key, DateTimeOffset At), (DateTimeOffset At, long Order)> _delayed = new();
    private long _order;
    private int _first;

    public int Ready => _ready.Count - _first;

    /// <summary>When the next delayed key becomes ready; null when none is.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            DropStale();
            return _delayed.TryPeek(out var next, out _) ? next.At : null;
        }
    }

    /// <summary>The keys that become ready later, in the order in which they will.</summary>
    public IEnumerable<(QueuedKey Key, DateTimeOffset At)> Delayed =>
        _delayed.UnorderedItems.Where(item => IsCurrent(item.Element)).OrderBy(item => item.Priority).Select(item => item.Element);

    public void Add(QueuedKey key)
    {
        if (_waiting.Add(key)) _ready.Add(key);
    }

    /// <summary>A later moment never replaces an earlier one.</summary>
    public void AddAt(QueuedKey key, DateTimeOffset at)
    {
        if (_due.TryGetValue(key, out var known) && known <= at) return;
        _due[key] = at;
        _delayed.Enqueue((key, at), (at, _order++));
    }

    public void Promote(DateTimeOffset now)
    {
        while (NextDue is { } next && next <= now)
        {
            var (key, _) = _delayed.Dequeue();
            _due.Remove(key);
            Add(key);
        }
    }

    public QueuedKey Take()
    {
        var index = interleaving is null ? _first : _first + Draw(Ready);
        var key = _ready[index];
        _ready[index] = _ready[_first];
        _first++;
        _waiting.Remove(key);
        if (_first == _ready.Count || _first > 1024) Compact();
        return key;
    }

    /// <summary>The same among the keys of some controllers; null when none of them is ready.</summary>
    public QueuedKey? TryTake(Func<VirtualController, bool> which)
    {
        var ready = Enumerable.Range(_first, Ready).Where(index => which(_ready[index].Controller)).ToList();
        if (ready.Count == 0) return null;

        var index = ready[interleaving is null ? 0 : Draw(ready.Count)];
        var key = _ready[index];
        _ready.RemoveAt(index);
        _waiting.Remove(key);
        return key;
    }

    public void Forget(Func<VirtualController, bool> gone)
    {
        Compact();
        _ready.RemoveAll(key => gone(key.Controller));
        _waiting.RemoveWhere(key => gone(key.Controller));
        foreach (var key in _due.Keys.Where(key => gone(key.Controller)).ToList()) _due.Remove(key);
    }

    private void Compact()
    {
        _ready.RemoveRange(0, _first);
        _first = 0;
    }

    private void DropStale()
    {
        while (_delayed.TryPeek(out var next, out _) && !IsCurrent(next)) _delayed.Dequeue();
    }

    private bool IsCurrent((QueuedKey Key, DateTimeOffset At) item) => _due.TryGetValue(item.Key, out var at) && at == item.At;

    private int Draw(int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        interleaving!.NextBytes(bytes);
        return (int)(BitConverter.ToUInt32(bytes) % (uint)count);
    }
}
