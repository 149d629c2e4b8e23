using Sluice.Engine.Observed;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Finds the two Services among the backends of one part of a route.</summary>
internal static class RouteSplits
{
    /// <summary>The split between the first backend of each; null where one of them is not there.</summary>
    /// <param name="backends">As the route lists them.</param>
    /// <param name="path">JSON pointer of the list.</param>
    /// <param name="names">The Services.</param>
    /// <param name="isFor">Whether a backend is a Service of this name.</param>
    /// <param name="weight">A backend's weight as it is written.</param>
    public static RouteSplit? Between<T>(IReadOnlyList<T>? backends, string path, RouteNames names, Func<T, string, bool> isFor, Func<T, int?> weight)
    {
        var stable = First(names.StableService);
        var canary = First(names.CanaryService);
        return stable < 0 || canary < 0 ? null : new RouteSplit($"{path}/{stable}", weight(backends![stable]), $"{path}/{canary}", weight(backends[canary]));

        int First(string service) => (backends ?? []).Index().Where(backend => isFor(backend.Item, service)).Select(backend => backend.Index).DefaultIfEmpty(-1).First();
    }
}
