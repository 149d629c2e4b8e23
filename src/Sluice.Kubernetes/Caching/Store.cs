using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Caching;

/// <summary>What became of one object: an add when <see cref="Old"/> is null, a delete when <see cref="Current"/> is.</summary>
internal readonly record struct Change<T>(T? Old, T? Current)
    where T : class, IKubernetesObject;

/// <summary>
/// The cached objects of a kind, found by name, by namespace and by the values of the labels that were named at the start.
/// Resource versions are compared for equality only: their order means nothing.
/// </summary>
internal sealed class Store<T>(IReadOnlyList<string> indexedLabels)
    where T : class, IKubernetesObject
{
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, T> items = [];
    private readonly Dictionary<string, HashSet<NamespacedName>> namespaces = [];

    /// <summary>A value has few objects, and there are thousands of values: arrays take a fifth of what sets would.</summary>
    private readonly Dictionary<IndexKey, NamespacedName[]> index = [];

    public int Count
    {
        get
        {
            lock (gate)
            {
                return items.Count;
            }
        }
    }

    public T? Get(NamespacedName key)
    {
        lock (gate)
        {
            return items.GetValueOrDefault(key);
        }
    }

    public IReadOnlyList<T> All()
    {
        lock (gate)
        {
            return [.. items.Values];
        }
    }

    /// <summary>The versions of the objects of a namespace (of every one when null).</summary>
    public Dictionary<NamespacedName, string?> Versions(string? ns)
    {
        lock (gate)
        {
            var versions = new Dictionary<NamespacedName, string?>(ns is null ? items.Count : 0);
            foreach (var (key, item) in items)
            {
                if (ns is null || key.Namespace == ns)
                    versions.Add(key, item.Metadata.ResourceVersion);
            }

            return versions;
        }
    }

    /// <summary>
    /// The objects of a namespace (of every one when it is empty) that carry all the labels, ordered by name. The smallest matching index is scanned;
    /// without an indexed label that is the namespace, and without a namespace everything.
    /// </summary>
    public IReadOnlyList<T> List(string ns, IReadOnlyDictionary<string, string> labels)
    {
        var found = new List<T>();
        lock (gate)
        {
            foreach (var key in Candidates(ns, labels))
            {
                if (items[key] is var item && HasAll(item, labels))
                    found.Add(item);
            }
        }

        found.Sort(ByName);
        return found;
    }

    /// <summary>Takes over the state of one object; nothing when it is the state that was known.</summary>
    public IReadOnlyList<Change<T>> Upsert(T item)
    {
        lock (gate)
        {
            return UpsertLocked(item);
        }
    }

    /// <summary>Removes an object, told its last state; nothing when the name belongs to another object by now.</summary>
    public IReadOnlyList<Change<T>> Remove(T last)
    {
        lock (gate)
        {
            var key = NamespacedName.Of(last);
            if (!items.TryGetValue(key, out var known) || known.Metadata.Uid != last.Metadata.Uid)
                return [];

            RemoveLocked(key, known);
            return [new(last, null)];
        }
    }

    /// <summary>
    /// Takes over the complete state of a namespace (of every one when null). What is not in it any more was deleted, in the last state known,
    /// except for <paramref name="unreadable"/>: those exist, and stay as they were.
    /// </summary>
    public IReadOnlyList<Change<T>> Replace(string? ns, IReadOnlyCollection<T> current, IReadOnlySet<NamespacedName> unreadable)
    {
        var changes = new List<Change<T>>();
        lock (gate)
        {
            var present = current.Select(item => NamespacedName.Of(item)).ToHashSet();
            var gone = items.Where(entry => (ns is null || entry.Key.Namespace == ns) && !present.Contains(entry.Key) && !unreadable.Contains(entry.Key)).ToList();
            foreach (var (key, known) in gone)
            {
                RemoveLocked(key, known);
                changes.Add(new(known, null));
            }

            foreach (var item in current)
                changes.AddRange(UpsertLocked(item));
        }

        return changes;
    }

    private static int ByName(T left, T right) =>
        string.CompareOrdinal(left.Metadata.Namespace, right.Metadata.Namespace) is var order && order != 0
            ? order
            : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);

    private static bool HasAll(T item, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels)
        {
            if (item.Metadata.Label(key) != value)
                return false;
        }

        return true;
    }

    private static bool Same(T known, T item) =>
        !string.IsNullOrEmpty(item.Metadata.ResourceVersion) && known.Metadata.ResourceVersion == item.Metadata.ResourceVersion;

    private IReadOnlyCollection<NamespacedName> Candidates(string ns, IReadOnlyDictionary<string, string> labels)
    {
        if (ns.Length == 0)
            return items.Keys;

        IReadOnlyCollection<NamespacedName> smallest = namespaces.TryGetValue(ns, out var all) ? all : [];
        foreach (var label in indexedLabels)
        {
            if (!labels.TryGetValue(label, out var value))
                continue;

            var candidates = index.GetValueOrDefault(new(ns, label, value), []);
            if (candidates.Length < smallest.Count)
                smallest = candidates;
        }

        return smallest;
    }

    private Change<T>[] UpsertLocked(T item)
    {
        var key = NamespacedName.Of(item);
        if (!items.TryGetValue(key, out var known))
        {
            AddLocked(key, item);
            return [new(null, item)];
        }

        if (known.Metadata.Uid == item.Metadata.Uid && Same(known, item))
            return [];

        if (IsIndexedAlike(known, item))
        {
            items[key] = item;
        }
        else
        {
            RemoveLocked(key, known);
            AddLocked(key, item);
        }

        return known.Metadata.Uid == item.Metadata.Uid
            ? [new(known, item)]
            : [new(known, null), new(null, item)];
    }

    private bool IsIndexedAlike(T known, T item)
    {
        foreach (var label in indexedLabels)
        {
            if (known.Metadata.Label(label) != item.Metadata.Label(label))
                return false;
        }

        return true;
    }

    private void AddLocked(NamespacedName key, T item)
    {
        items[key] = item;
        if (!namespaces.TryGetValue(key.Namespace, out var names))
            namespaces[key.Namespace] = names = [];

        names.Add(key);
        foreach (var entry in IndexKeysOf(item))
            index[entry] = index.TryGetValue(entry, out var keys) ? [.. keys, key] : [key];
    }

    private void RemoveLocked(NamespacedName key, T known)
    {
        items.Remove(key);
        if (namespaces.TryGetValue(key.Namespace, out var names) && names.Remove(key) && names.Count == 0)
            namespaces.Remove(key.Namespace);

        foreach (var entry in IndexKeysOf(known))
        {
            if (index.TryGetValue(entry, out var keys) && Array.FindAll(keys, other => other != key) is var others && others.Length > 0)
                index[entry] = others;
            else
                index.Remove(entry);
        }
    }

    /// <summary>Values are indexed within their namespace: over all of them nobody asks for one.</summary>
    private IEnumerable<IndexKey> IndexKeysOf(T item)
    {
        foreach (var label in indexedLabels)
        {
            if (item.Metadata.Label(label) is { } value)
                yield return new(item.Metadata.Namespace ?? "", label, value);
        }
    }

    private readonly record struct IndexKey(string Namespace, string Label, string Value);
}
