using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Garbage;

/// <summary>A kind that the garbage collector watches: it learns of owners and dependents of this kind as they change.</summary>
public abstract record CollectedKind(KubernetesResource Resource)
{
    public static CollectedKind Of<T>()
        where T : class, IKubernetesObject => new Typed<T>();

    internal abstract WatchDefinition Watch { get; }

    internal abstract V1ObjectMeta? Get(IClusterReader reader, NamespacedName key);

    internal abstract IEnumerable<V1ObjectMeta> List(IClusterReader reader, string ns);

    internal abstract void AddTo(InformerFactory informers);

    private sealed record Typed<T>() : CollectedKind(KubernetesResource.Of<T>())
        where T : class, IKubernetesObject
    {
        private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

        internal override WatchDefinition Watch => new GarbageWatch(typeof(T), Resource);

        internal override void AddTo(InformerFactory informers) => informers.Add<T>();

        internal override V1ObjectMeta? Get(IClusterReader reader, NamespacedName key) => reader.Get<T>(key)?.Metadata;

        internal override IEnumerable<V1ObjectMeta> List(IClusterReader reader, string ns) => reader.List<T>(ns, AnyLabels).Select(item => item.Metadata);
    }
}
