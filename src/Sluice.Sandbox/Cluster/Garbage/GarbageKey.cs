using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>Names an object of any kind in a queue of plain keys, as <c>group|Kind|name</c>.</summary>
internal readonly record struct GarbageKey(string Group, string Kind, string Namespace, string Name)
{
    public NamespacedName ToKey() => new(Namespace, $"{Group}|{Kind}|{Name}");

    public static GarbageKey? Parse(NamespacedName key) =>
        key.Name.Split('|') is [var group, var kind, var name] ? new GarbageKey(group, kind, key.Namespace, name) : null;
}
