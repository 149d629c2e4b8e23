using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>Names an object of any kind in a queue of plain keys, as <c>group|Kind|name|uid</c>; the UID is that of one that is gone, and empty otherwise.</summary>
internal readonly record struct GarbageKey(string Group, string Kind, string Namespace, string Name, string Uid = "")
{
    public NamespacedName ToKey() => new(Namespace, $"{Group}|{Kind}|{Name}|{Uid}");

    public static GarbageKey? Parse(NamespacedName key) =>
        key.Name.Split('|') is [var group, var kind, var name, var uid] ? new GarbageKey(group, kind, key.Namespace, name, uid) : null;
}
