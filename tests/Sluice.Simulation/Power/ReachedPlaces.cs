using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Power;

/// <summary>
/// Which case comes to which bug's place, learnt once with no bug switched on. A case that does not come there ends as it does without the bug, so it need not be
/// run with it; and a place that none comes to is one that the simulation leaves out.
/// </summary>
internal sealed class ReachedPlaces
{
    private readonly List<(string Case, IReadOnlySet<string> Bugs, TimeSpan Time)> known;

    public ReachedPlaces(PowerOptions options)
    {
        BugSwitch.To(null);
        var cases = new CampaignCases();
        var singles = cases.AllSingles(options).Select(item => item.Name).ToList();
        Names =
        [
            .. singles.Where(CampaignCases.IsWithoutFault),
            .. ScenarioCases.All.Where(_ => options.Runs(ScenarioCases.Group)).Select(item => item.Name),
            .. singles.Where((name, index) => index % options.Every == 0 && !CampaignCases.IsWithoutFault(name)),
            .. Enumerable.Range(1, options.Runs(CampaignCases.Seeds) ? options.Seeds : 0).Select(CampaignCases.Seed),
        ];
        var looks = new ConcurrentBag<(string Case, IReadOnlySet<string> Bugs, TimeSpan Time)>();
        var failing = new ConcurrentBag<string>();
        Parallel.ForEach(Partitioner.Create(Names, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, name =>
        {
            var reached = new HashSet<string>();
            var begun = Stopwatch.GetTimestamp();

            // Without a fault: from the beginning, since the run that its faults were learnt from was not watched.
            var violation = GuardedRun.Violation(() => (CampaignCases.IsWithoutFault(name) ? new CampaignCases() : cases).Find(name), reached);
            if (violation is null) looks.Add((name, reached, Stopwatch.GetElapsedTime(begun)));
            else failing.Add(name);
        });
        known = [.. looks];
        Failing = [.. failing.Order(StringComparer.Ordinal)];
    }

    /// <summary>All cases that were run.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those that fail without any bug: they find none.</summary>
    public IReadOnlyList<string> Failing { get; }

    /// <summary>The cases that come to a bug's place: the reference releases without a fault first, then the others, the quickest first.</summary>
    public IReadOnlyList<string> Reaching(PlantedBug bug) =>
        [.. known.Where(look => look.Bugs.Contains(bug.Name)).OrderBy(look => !CampaignCases.IsWithoutFault(look.Case)).ThenBy(look => look.Time).Select(look => look.Case)];
}
