using System.Collections.Concurrent;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// The faults of one reference release that are still to be tried. A run that is back where it would be without its fault goes on with the next one that lies before it:
/// each fault is tried once, alone, and not each needs a world of its own.
/// </summary>
internal sealed class OpenFaults(IEnumerable<SingleFault> faults)
{
    private readonly Lock gate = new();
    private readonly List<SingleFault> open = [.. faults.OrderBy(fault => fault.Place)];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<History?>> outcomes = new();

    /// <summary>False where another run has it, or had it.</summary>
    public bool TryClaim(SingleFault fault)
    {
        lock (gate) return open.Remove(fault);
    }

    /// <summary>The next one after a place; null where none is left.</summary>
    public SingleFault? ClaimAfter(int place)
    {
        lock (gate)
        {
            var next = open.Find(fault => fault.Place > place);
            if (next is not null) open.Remove(next);
            return next;
        }
    }

    /// <summary>How it ended in a run that others began; null: not well.</summary>
    public void End(SingleFault fault, History? history) => OutcomeOf(fault).TrySetResult(history);

    /// <summary>Waits for the run that has it.</summary>
    public History? Outcome(SingleFault fault) => OutcomeOf(fault).Task.GetAwaiter().GetResult();

    private TaskCompletionSource<History?> OutcomeOf(SingleFault fault) => outcomes.GetOrAdd(fault.Name, static _ => new TaskCompletionSource<History?>());
}
