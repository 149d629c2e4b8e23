using Sluice.Engine.Observed;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Finds the two sides among the backends of one part of a route.</summary>
internal static class RouteSplits
{
    /// <summary>The split between the first backend of each; null where one of them is not there.</summary>
    /// <param name="backends">As the route lists them.</param>
    /// <param name="path">JSON pointer of the list.</param>
    /// <param name="isStable">Whether a backend is the stable side.</param>
    /// <param name="isCanary">Whether a backend is the canary's side.</param>
    /// <param name="weight">A backend's weight as it is written.</param>
    public static RouteSplit? Between<T>(IReadOnlyList<T>? backends, string path, Func<T, bool> isStable, Func<T, bool> isCanary, Func<T, int?> weight)
    {
        var stable = First(isStable);
        var canary = First(isCanary);
        return stable < 0 || canary < 0 ? null : new RouteSplit($"{path}/{stable}", weight(backends![stable]), $"{path}/{canary}", weight(backends[canary]));

        int First(Func<T, bool> isFor) => (backends ?? []).Index().Where(backend => isFor(backend.Item)).Select(backend => backend.Index).DefaultIfEmpty(-1).First();
    }
}
