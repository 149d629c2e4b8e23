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
        new() { Name = $"{names}", Splits = [], Problem = ProblemOf($"{names}", ns, isServed) };

    /// <summary>The same in words.</summary>
    /// <param name="name">Kind and name of what is missing.</param>
    /// <param name="ns">Where it is missing.</param>
    /// <param name="isServed">Whether its kind is there.</param>
    public static string ProblemOf(string name, string ns, bool isServed) => isServed ? $"there is no {name} in {ns}" : $"the cluster does not serve the kind of {name}";

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
