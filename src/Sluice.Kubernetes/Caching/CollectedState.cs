using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Caching;

/// <summary>A complete state while it arrives.</summary>
internal sealed class CollectedState<T>
    where T : class, IKubernetesObject
{
    private readonly Dictionary<NamespacedName, T> items = [];
    private readonly HashSet<NamespacedName> unreadable = [];

    public IReadOnlyCollection<T> Items => items.Values;

    public IReadOnlySet<NamespacedName> Unreadable => unreadable;

    public void Add(T item)
    {
        var key = NamespacedName.Of(item);
        items[key] = item;
        unreadable.Remove(key);
    }

    public void Skip(NamespacedName key)
    {
        items.Remove(key);
        unreadable.Add(key);
    }

    public void Remove(NamespacedName key)
    {
        items.Remove(key);
        unreadable.Remove(key);
    }

    public void Clear()
    {
        items.Clear();
        unreadable.Clear();
    }
}
