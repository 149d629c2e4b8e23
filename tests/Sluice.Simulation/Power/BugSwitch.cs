using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.Power;

/// <summary>
/// Switches a planted bug on and off. One at a time for all threads: a history that was drawn with one bug must not end with another, so a bug is switched only
/// while nothing runs. The switch exists in the planted copy of the source alone, and is looked for by its name.
/// </summary>
internal static class BugSwitch
{
    private static readonly Type? Planted = typeof(V1ObjectMeta).Assembly.GetType("PlantedBugs");

    private static readonly Action<string?>? Switch = Planted?.GetMethod("SwitchTo")?.CreateDelegate<Action<string?>>();

    private static readonly Action<HashSet<string>?>? Watcher = Planted?.GetMethod("Watch")?.CreateDelegate<Action<HashSet<string>?>>();

    /// <summary>Whether this program was built from the planted copy.</summary>
    public static bool Exists => Planted is not null;

    /// <param name="name">The bug that is on from now; null for none.</param>
    public static void To(string? name) => (Switch ?? throw NotPlanted())(name);

    /// <summary>From now on the names of the bugs whose place the present thread comes to are put into a set.</summary>
    /// <param name="reached">The set; null for none any more.</param>
    public static void Watch(HashSet<string>? reached) => (Watcher ?? throw NotPlanted())(reached);

    private static InvalidOperationException NotPlanted() => new("no bug is planted in this build");
}
