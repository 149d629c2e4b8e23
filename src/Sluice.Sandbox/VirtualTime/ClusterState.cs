using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>One change of one object, by its place among all changes; null stands for its absence.</summary>
internal sealed record StateChange(long Order, string Resource, NamespacedName Key, ObjectVersion? Version);

/// <summary>Objects by resource, namespace and name: the API server's contents as somebody knows them.</summary>
internal sealed class ClusterState
{
    private readonly Dictionary<string, Dictionary<string, SortedDictionary<string, ObjectVersion>>> _resources = [];

    /// <summary>The name under which a kind's objects are kept, such as <c>replicasets.apps</c>.</summary>
    public static string ResourceOf(string group, string plural) => group.Length == 0 ? plural : $"{plural}.{group}";

    public ClusterState Copy()
    {
        var copy = new ClusterState();
        foreach (var (resource, namespaces) in _resources)
        {
            copy._resources.Add(resource, namespaces.ToDictionary(pair => pair.Key, pair => new SortedDictionary<string, ObjectVersion>(pair.Value, StringComparer.Ordinal)));
        }

        return copy;
    }

    /// <summary>Takes a change over and tells what was there before.</summary>
    public ObjectVersion? Apply(StateChange change)
    {
        var objects = ObjectsOf(change.Resource, change.Key.Namespace);
        var before = objects.GetValueOrDefault(change.Key.Name);
        if (change.Version is { } version) objects[change.Key.Name] = version;
        else objects.Remove(change.Key.Name);
        return before;
    }

    public T? Get<T>(NamespacedName key)
        where T : class, IKubernetesObject =>
        Find(KubernetesResource.Of<T>().FullName, key.Namespace)?.GetValueOrDefault(key.Name)?.As(typeof(T)) as T;

    /// <summary>The objects of a namespace, of all of them where it is empty, by name.</summary>
    public IReadOnlyList<T> List<T>(string ns, IReadOnlyDictionary<string, string> labels)
        where T : class, IKubernetesObject =>
        [.. Versions(KubernetesResource.Of<T>().FullName, ns).Where(version => version.HasLabels(labels)).Select(version => (T)version.As(typeof(T)))];

    /// <summary>All objects of a resource.</summary>
    public IEnumerable<(NamespacedName Key, ObjectVersion Version)> All(string resource) => !_resources.TryGetValue(resource, out var namespaces)
        ? []
        : namespaces.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => pair.Value.Select(item => (new NamespacedName(pair.Key, item.Key), item.Value)));

    private IEnumerable<ObjectVersion> Versions(string resource, string ns) =>
        ns.Length > 0 ? Find(resource, ns)?.Values ?? Enumerable.Empty<ObjectVersion>() : All(resource).Select(item => item.Version);

    private SortedDictionary<string, ObjectVersion>? Find(string resource, string ns) => _resources.GetValueOrDefault(resource)?.GetValueOrDefault(ns);

    private SortedDictionary<string, ObjectVersion> ObjectsOf(string resource, string ns)
    {
        if (!_resources.TryGetValue(resource, out var namespaces)) _resources.Add(resource, namespaces = []);
        if (!namespaces.TryGetValue(ns, out var objects)) namespaces.Add(ns, objects = new SortedDictionary<string, ObjectVersion>(StringComparer.Ordinal));
        return objects;
    }
}
