using System.Collections.Concurrent;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Power;

/// <summary>Runs the campaign with a bug in the operator until enough cases have found it.</summary>
internal sealed class BugHunt
{
    /// <summary>A case goes on for seconds at most: what takes longer by far goes in circles, which is a finding too.</summary>
    private static readonly TimeSpan LongestCase = TimeSpan.FromMinutes(3);

    private readonly PowerOptions options;
    private readonly PowerRounds sound;
    private readonly Dictionary<string, bool> passes = [];

    public BugHunt(PowerOptions options)
    {
        this.options = options;
        BugSwitch.To(null);
        sound = new PowerRounds(options.Threads);
    }

    public BugResult Hunt(PlantedBug bug)
    {
        BugSwitch.To(bug.Name);
        var rounds = new PowerRounds(options.Threads);
        var (cases, findings) = (rounds.References, new List<BugFinding>());
        foreach (var round in rounds.Rounds().Take(options.Rounds))
        {
            BugSwitch.To(bug.Name);
            var (ran, failures) = Run(round, options.Enough - findings.Count);
            cases += ran;
            BugSwitch.To(null);
            findings.AddRange(failures.Where(failure => PassesWithoutBugs(failure.Case)));
            if (findings.Count >= options.Enough) break;
        }

        return new BugResult(bug, cases, findings);
    }

    /// <summary>All cores on one round, until so many have failed; those that run by then end.</summary>
    private (int Ran, IReadOnlyList<BugFinding> Failures) Run(IReadOnlyList<SimulationCase> round, int enough)
    {
        var failures = new ConcurrentQueue<(int Index, BugFinding Finding)>();
        var ran = 0;
        var partitioner = Partitioner.Create(round.Index().ToList(), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(partitioner, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, (item, loop) =>
        {
            if (failures.Count >= enough)
            {
                loop.Stop();
                return;
            }

            Interlocked.Increment(ref ran);
            if (Violation(item.Item) is { } message) failures.Enqueue((item.Index, new BugFinding(item.Item.Name, message)));
        });
        return (ran, [.. failures.OrderBy(failure => failure.Index).Select(failure => failure.Finding)]);
    }

    private bool PassesWithoutBugs(string name)
    {
        if (passes.TryGetValue(name, out var known)) return known;

        // A single fault that there is only with the bug, of a call that the sound operator never makes, has nothing to be held against.
        return passes[name] = sound.Find(name) is not { } item || Violation(item) is null;
    }

    /// <summary>What a case violates, in one line; null when it ends well.</summary>
    private static string? Violation(SimulationCase item)
    {
        CaseOutcome? outcome = null;
        var thread = new Thread(() => outcome = Campaign.RunOne(item)) { IsBackground = true };
        thread.Start();
        return thread.Join(LongestCase) ? OneLine(outcome!.Violation) : $"it does not end within {LongestCase.TotalMinutes:0} minutes of real time";
    }

    private static string? OneLine(Exception? violation)
    {
        if (violation is null) return null;

        // An assertion tells its promise last; before it stands the code that was asserted.
        const string Promise = "Additional Info:";
        var text = violation.GetBaseException().Message;
        var said = text.LastIndexOf(Promise, StringComparison.Ordinal) is var at and >= 0 ? text[(at + Promise.Length)..] : text;
        var line = string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 140 ? line : line[..139] + "…";
    }
}
