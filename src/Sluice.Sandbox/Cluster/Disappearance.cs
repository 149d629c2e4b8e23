using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster;

/// <summary>The keys that the disappearance of an object concerns; nothing else about it counts.</summary>
internal sealed record Disappearance<T>(Func<T, IEnumerable<NamespacedName>> Map) : WatchDefinition
    where T : class, IKubernetesObject
{
    public override Type EntityType => typeof(T);

    public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current) =>
        current is null && old is T gone ? Map(gone) : [];
}
