using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Reads of all objects of a kind, whatever their labels.</summary>
public static class ClusterReaderExtensions
{
    private static readonly Dictionary<string, string> AnyLabels = [];

    /// <summary>The cached objects of a namespace; of all of them where that is empty.</summary>
    public static IReadOnlyList<T> List<T>(this IClusterReader reader, string ns)
        where T : class, IKubernetesObject => reader.List<T>(ns, AnyLabels);

    /// <summary>The objects of a namespace as they are stored now.</summary>
    public static Task<IReadOnlyList<T>> ListLiveAsync<T>(this IClusterReader reader, string ns, CancellationToken ct)
        where T : class, IKubernetesObject => reader.ListLiveAsync<T>(ns, AnyLabels, ct);
}
