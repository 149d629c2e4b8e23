using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Simulation.Running;

/// <summary>Runs cases on all cores, each on one thread from its beginning to its end.</summary>
internal static class Campaign
{
    /// <param name="cases">What is run.</param>
    /// <param name="threads">On how many threads.</param>
    /// <param name="failed">Is told of each failure as it happens, on the thread of its case; null for nobody.</param>
    public static CampaignReport Run(IReadOnlyList<SimulationCase> cases, int threads, Action<CaseOutcome>? failed = null)
    {
        var outcomes = new ConcurrentDictionary<string, CaseOutcome>();
        var clock = Stopwatch.StartNew();
        var partitioner = Partitioner.Create(cases, EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(partitioner, new ParallelOptions { MaxDegreeOfParallelism = threads }, item =>
        {
            var outcome = outcomes[item.Name] = RunOne(item);
            if (outcome.Violation is not null) failed?.Invoke(outcome);
        });
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
