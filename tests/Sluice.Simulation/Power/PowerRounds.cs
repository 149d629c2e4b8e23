using Sluice.Simulation.Exhaustive;
using Sluice.Simulation.Randomised;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Power;

/// <summary>
/// The default campaign in rounds that grow: few cases from everywhere first, everything last. Most bugs are found by the first; only what is not takes time.
/// </summary>
internal sealed class PowerRounds
{
    private const int AllSeeds = 2000;

    /// <summary>Of each round: so many of the single faults, and seeds up to this one.</summary>
    private static readonly (int Every, int Seeds)[] Growth = [(256, 6), (64, 24), (12, 80), (1, AllSeeds)];

    private readonly IReadOnlyList<SimulationCase> singles;
    private readonly IReadOnlyList<SimulationCase> broken;

    /// <summary>Runs every reference release as the operator now is, which is what its single faults are taken from.</summary>
    public PowerRounds(int threads)
    {
        var found = new IReadOnlyList<SimulationCase>[ReferenceReleases.All.Count];
        Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index => found[index] = CasesOf(ReferenceReleases.All[index]));
        singles = [.. found.SelectMany(cases => cases)];
        broken = [.. found.Where(cases => cases.Count == 1).SelectMany(cases => cases)];
    }

    /// <summary>How many reference releases were run.</summary>
    public int References => ReferenceReleases.All.Count;

    public static int All => Growth.Length + 1;

    public static int Default => All - 1;

    /// <summary>The first has the reference releases that go wrong without any fault: the others were run already.</summary>
    public IEnumerable<IReadOnlyList<SimulationCase>> Rounds()
    {
        yield return broken;
        var (step, seed) = (int.MaxValue, 0);
        foreach (var (every, seeds) in Growth)
        {
            var (before, from) = (step, seed);
            var faults = singles.Where((item, index) => !IsWithoutFault(item) && index % every == 0 && (before == int.MaxValue || index % before != 0));
            yield return Mixed([.. faults], [.. Enumerable.Range(from + 1, seeds - from).Select(number => RandomCases.Of(number))]);
            (step, seed) = (every, seeds);
        }
    }

    /// <summary>A case by its name; null when there is none.</summary>
    public SimulationCase? Find(string name) => IsSeed(name)
        ? RandomCases.Of(int.Parse(name.AsSpan(name.IndexOf('/', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture))
        : singles.FirstOrDefault(item => item.Name == name);

    public static bool IsSeed(string name) => name.StartsWith("seed/", StringComparison.Ordinal);

    /// <summary>Where the release cannot even be prepared, that alone.</summary>
    private static IReadOnlyList<SimulationCase> CasesOf(ReferenceRelease reference)
    {
        try
        {
            return SingleFaultCases.Of(reference);
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            return [new SimulationCase($"{reference.Name}: none", $"{reference.Name}/none", () => throw new ReferenceFailedException(violation.Message, violation))];
        }
    }

    private static bool IsWithoutFault(SimulationCase item) => item.Name.EndsWith("/none", StringComparison.Ordinal);

    /// <summary>Both in turn, so that a round which ends early has tried both.</summary>
    private static List<SimulationCase> Mixed(List<SimulationCase> first, List<SimulationCase> second) =>
        [.. Spread(first).Concat(Spread(second)).OrderBy(pair => pair.At).Select(pair => pair.Item)];

    private static IEnumerable<(double At, SimulationCase Item)> Spread(List<SimulationCase> cases) => cases.Select((item, index) => ((index + 0.5) / cases.Count, item));
}
