using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Simulation.Running;

/// <summary>Runs cases on all cores, each on one thread from its beginning to its end.</summary>
internal static class Campaign
{
    public static CampaignReport Run(IReadOnlyList<SimulationCase> cases, int threads)
    {
        var outcomes = new ConcurrentDictionary<string, CaseOutcome>();
        var clock = Stopwatch.StartNew();
        var partitioner = Partitioner.Create(cases, EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(partitioner, new ParallelOptions { MaxDegreeOfParallelism = threads }, item => outcomes[item.Name] = RunOne(item));
        return new CampaignReport([.. cases.Select(item => outcomes[item.Name])], clock.Elapsed);
    }

    public static CaseOutcome RunOne(SimulationCase item)
    {
        try
        {
            return new CaseOutcome(item, item.Run(), null);
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            return new CaseOutcome(item, null, violation);
        }
    }
}
