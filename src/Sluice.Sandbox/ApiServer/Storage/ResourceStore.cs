namespace Sluice.Sandbox.ApiServer.Storage;

/// <summary>All objects of one resource, ordered by namespace and name, and the log of their changes.</summary>
internal sealed class ResourceStore(int historyLimit)
{
    private readonly SortedDictionary<string, SortedDictionary<string, StoredObject>> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelIndex> _labels = new(StringComparer.Ordinal);
    private readonly List<WatchStream> _watchers = [];

    public EventLog Log { get; } = new(historyLimit);

    public int Count { get; private set; }

    public StoredObject? Find(string @namespace, string name) =>
        _namespaces.TryGetValue(@namespace, out var objects) ? objects.GetValueOrDefault(name) : null;

    /// <summary>Current objects in key order; of all namespaces where none is named.</summary>
    public IEnumerable<StoredObject> List(string? @namespace)
    {
        if (@namespace is null) return _namespaces.Values.SelectMany(objects => objects.Values);
        return _namespaces.TryGetValue(@namespace, out var objects) ? objects.Values : [];
    }

    /// <summary>Current objects of a namespace that carry a label with a value, in key order, without a look at any other. A label is indexed from its first question on.</summary>
    public IEnumerable<StoredObject> ListLabelled(string @namespace, string label, string value)
    {
        if (!_labels.TryGetValue(label, out var index))
        {
            index = new LabelIndex(label);
            foreach (var stored in List(null)) index.Add(stored);
            _labels.Add(label, index);
        }

        return index.List(@namespace, value);
    }

    /// <summary>The objects as they were right after the given version. The caller has checked that the log reaches back that far.</summary>
    public IEnumerable<StoredObject> ListAt(string? @namespace, long resourceVersion)
    {
        var from = Log.PositionAfter(resourceVersion);
        if (from == Log.End) return List(@namespace);

        var past = new SortedDictionary<(string, string), StoredObject>(KeyOrder.Instance);
        foreach (var current in List(@namespace)) past[(current.Namespace, current.Name)] = current;
        for (var position = Log.End - 1; position >= from; position--)
        {
            var change = Log.At(position)!;
            if (@namespace is not null && change.After.Namespace != @namespace) continue;
            var key = (change.After.Namespace, change.After.Name);
            if (change.Before is { } before) past[key] = before;
            else past.Remove(key);
        }

        return past.Values;
    }

    /// <summary>Takes an object over as it is: it is no change, and nobody watches yet.</summary>
    public void Restore(StoredObject stored) => Put(stored);

    public void Append(StoreEvent change)
    {
        if (change.Type == WatchEventType.Deleted) Remove(change.After);
        else Put(change.After);
        Log.Append(change);
        foreach (var watcher in _watchers) watcher.Wake();
    }

    public void Attach(WatchStream watcher) => _watchers.Add(watcher);

    public void Detach(WatchStream watcher) => _watchers.Remove(watcher);

    private void Put(StoredObject stored)
    {
        if (!_namespaces.TryGetValue(stored.Namespace, out var objects))
        {
            objects = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
            _namespaces.Add(stored.Namespace, objects);
        }

        if (!objects.TryGetValue(stored.Name, out var before)) Count++;
        objects[stored.Name] = stored;
        foreach (var index in _labels.Values)
        {
            if (before is not null) index.Remove(before);
            index.Add(stored);
        }
    }

    private void Remove(StoredObject stored)
    {
        if (!_namespaces.TryGetValue(stored.Namespace, out var objects) || !objects.TryGetValue(stored.Name, out var before)) return;
        objects.Remove(stored.Name);
        Count--;
        foreach (var index in _labels.Values) index.Remove(before);
        if (objects.Count == 0) _namespaces.Remove(stored.Namespace);
    }

    private sealed class KeyOrder : IComparer<(string Namespace, string Name)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string Namespace, string Name) x, (string Namespace, string Name) y)
        {
            var byNamespace = string.CompareOrdinal(x.Namespace, y.Namespace);
            return byNamespace != 0 ? byNamespace : string.CompareOrdinal(x.Name, y.Name);
        }
    }
}
