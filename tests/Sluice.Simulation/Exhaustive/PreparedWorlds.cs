using System.Collections.Concurrent;
using Sluice.Sandbox.ApiServer;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// The worlds that reference releases begin in. What comes before a release is run once, and not for each of its faults: every run begins with what the API server held
/// then, and with a cluster's life and an operator that were started on it.
/// </summary>
internal static class PreparedWorlds
{
    private static readonly ConcurrentDictionary<Action<ReleaseWorld>, Lazy<ApiServerImage>> Images = new();

    /// <summary>A world as <paramref name="prepare"/> leaves it.</summary>
    public static ReleaseWorld Begin(Action<ReleaseWorld> prepare) =>
        new(image: Images.GetOrAdd(prepare, static key => new Lazy<ApiServerImage>(() => Prepared(key))).Value);

    private static ApiServerImage Prepared(Action<ReleaseWorld> prepare)
    {
        using var world = new ReleaseWorld();
        prepare(world);
        return world.Cluster.Server.Image();
    }
}
