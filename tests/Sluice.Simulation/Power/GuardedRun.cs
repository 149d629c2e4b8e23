using Sluice.Simulation.Running;

namespace Sluice.Simulation.Power;

/// <summary>Runs a case on a thread of its own, which is given up when it does not come back: a bug may well go in circles.</summary>
internal static class GuardedRun
{
    private const int LineLength = 140;

    /// <summary>A case takes seconds at most.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>What the case violates, in one line; null when it ends well.</summary>
    /// <param name="item">What is run.</param>
    /// <param name="reached">Takes the names of the bugs whose place the case comes to; null where nobody asks.</param>
    public static string? Violation(Func<SimulationCase?> item, HashSet<string>? reached = null)
    {
        CaseOutcome? outcome = null;
        var thread = new Thread(() =>
        {
            BugSwitch.Watch(reached);
            if (item() is { } found) outcome = Campaign.RunOne(found);
        })
        { IsBackground = true };
        thread.Start();
        if (!thread.Join(Longest)) return $"it does not end within {Longest.TotalMinutes:0} minutes of real time";

        return outcome?.Violation is { } violation ? OneLine(violation) : null;
    }

    private static string OneLine(Exception violation)
    {
        // An assertion tells its promise last; before it stands the code that was asserted.
        const string Promise = "Additional Info:";
        var text = violation.GetBaseException().Message;
        var said = text.LastIndexOf(Promise, StringComparison.Ordinal) is var at and >= 0 ? text[(at + Promise.Length)..] : text;
        var line = string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LineLength ? line : line[..(LineLength - 1)] + "…";
    }
}
