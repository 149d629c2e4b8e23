using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.Power;

/// <summary>
/// Switches a planted bug on and off. One at a time for all threads: a history that was drawn with one bug must not end with another, so a bug is switched only
/// while nothing runs. The switch exists in the planted copy of the source alone, and is looked for by its name.
/// </summary>
internal static class BugSwitch
{
    private static readonly Action<string?>? Switch =
        typeof(V1ObjectMeta).Assembly.GetType("PlantedBugs")?.GetMethod("SwitchTo")?.CreateDelegate<Action<string?>>();

    /// <summary>Whether this program was built from the planted copy.</summary>
    public static bool Exists => Switch is not null;

    /// <param name="name">The bug that is on from now; null for none.</param>
    public static void To(string? name) => (Switch ?? throw new InvalidOperationException("no bug is planted in this build"))(name);
}
