using System.Collections.Concurrent;

namespace Sluice.Simulation.Power;

/// <summary>Runs the cases that come to a bug's place with the bug in it, until enough of them have found it.</summary>
internal sealed class BugHunt(PowerOptions options, ReachedPlaces places)
{
    public BugResult Hunt(PlantedBug bug)
    {
        var reaching = places.Reaching(bug);
        BugSwitch.To(bug.Name);
        try
        {
            return Run(bug, reaching);
        }
        finally
        {
            BugSwitch.To(null);
        }
    }

    /// <summary>All cores, until so many cases have failed; those that run by then end.</summary>
    private BugResult Run(PlantedBug bug, IReadOnlyList<string> names)
    {
        var cases = new CampaignCases();
        var findings = new ConcurrentQueue<(int Index, BugFinding Finding)>();
        var ran = 0;
        var partitioner = Partitioner.Create(names.Index().ToList(), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(partitioner, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, (item, loop) =>
        {
            if (findings.Count >= options.Enough)
            {
                loop.Stop();
                return;
            }

            Interlocked.Increment(ref ran);
            if (GuardedRun.Violation(() => cases.Find(item.Item)) is { } message) findings.Enqueue((item.Index, new BugFinding(item.Item, message)));
        });
        return new BugResult(bug, names.Count, ran, [.. findings.OrderBy(finding => finding.Index).Select(finding => finding.Finding)]);
    }
}
