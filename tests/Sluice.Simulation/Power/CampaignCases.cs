using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Simulation.Exhaustive;
using Sluice.Simulation.Randomised;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Power;

/// <summary>
/// The cases of <c>make simulate</c>, as they are for the operator with the bug that is switched on: which calls and events there are to be tampered with is told
/// by its own run without a fault.
/// </summary>
internal sealed class CampaignCases
{
    public const string Seeds = "seed";

    private const string WithoutFault = "none";

    private readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<SimulationCase>>> singles = [];

    public static bool IsSeed(string name) => Group(name) == Seeds;

    public static bool IsScenario(string name) => Group(name) == ScenarioCases.Group;

    public static bool IsWithoutFault(string name) => name.EndsWith($"/{WithoutFault}", StringComparison.Ordinal);

    public static string Seed(int seed) => string.Create(CultureInfo.InvariantCulture, $"{Seeds}/{seed}");

    /// <summary>The reference releases that are wanted without a fault, and every single fault of them.</summary>
    public IReadOnlyList<SimulationCase> AllSingles(PowerOptions options)
    {
        var wanted = ReferenceReleases.All.Where(reference => options.Runs(reference.Name)).ToList();
        Parallel.ForEach(wanted, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, reference => Of(reference.Name));
        return [.. wanted.SelectMany(reference => Of(reference.Name))];
    }

    /// <summary>The case of that name; null where the operator makes no such call with its present bug.</summary>
    public SimulationCase? Find(string name)
    {
        if (IsSeed(name)) return RandomCases.Of(int.Parse(name.AsSpan(name.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture));

        if (IsScenario(name)) return ScenarioCases.All.First(item => item.Name == name);

        var found = Of(Group(name)).FirstOrDefault(item => item.Name == name);

        // It was run, and went well, to learn of its faults: that the same case gives the same history is no matter of bugs.
        return IsWithoutFault(name) && Of(Group(name)).Count > 1 ? found! with { Run = () => new History("", TimeSpan.Zero) } : found;
    }

    private static string Group(string name) => name.Split('/')[0];

    private IReadOnlyList<SimulationCase> Of(string reference) =>
        singles.GetOrAdd(reference, static name => new Lazy<IReadOnlyList<SimulationCase>>(() => CasesOf(ReferenceReleases.All.Single(known => known.Name == name)))).Value;

    /// <summary>Where the release cannot even be prepared, that alone.</summary>
    private static IReadOnlyList<SimulationCase> CasesOf(ReferenceRelease reference)
    {
        try
        {
            return SingleFaultCases.Of(reference);
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            return [new SimulationCase(reference.Name, $"{reference.Name}/{WithoutFault}", () => throw new ReferenceFailedException(violation.Message, violation))];
        }
    }
}
