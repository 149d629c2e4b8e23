using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Reads of kinds that a cluster need not have.</summary>
internal static class LiveRoute
{
    /// <summary>What is said of a route that is not there.</summary>
    public static ObservedRoute Missing(RouteNames names, string ns, bool isServed) =>
        new() { Name = $"{names}", Splits = [], Problem = isServed ? $"there is no {names} in {ns}" : $"the cluster does not serve the kind of {names}" };

    /// <summary>The object, null where there is none; and whether its kind is served at all.</summary>
    public static async Task<(T? Route, bool IsServed)> ReadAsync<T>(IClusterReader reader, NamespacedName key, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        try
        {
            return (await reader.GetLiveAsync<T>(key, ct), true);
        }
        catch (KubernetesException unknown) when (unknown.IsNotFound)
        {
            return (null, false);
        }
    }
}
