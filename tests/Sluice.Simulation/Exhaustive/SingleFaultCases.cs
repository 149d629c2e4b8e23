using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>All single faults of the reference releases as cases.</summary>
internal static class SingleFaultCases
{
    /// <summary>Runs the reference without faults, and gives it and every fault of it as a case; where it fails by itself, that alone.</summary>
    /// <param name="reference">The release.</param>
    /// <param name="isWhole">Whether each is run to its end, though it is known from another how it goes on.</param>
    public static IReadOnlyList<SimulationCase> Of(ReferenceRelease reference, bool isWhole = false)
    {
        try
        {
            var futures = isWhole ? null : new KnownFutures();
            var without = Without(reference, futures);
            return [.. Faults(without).Select(fault => CaseOf(reference, fault, without, futures))];
        }
        catch (ReferenceFailedException failed)
        {
            return [new SimulationCase($"{reference.Name}: none", $"{reference.Name}/none", () => throw new ReferenceFailedException(failed.Message, failed))];
        }
    }

    private static SimulationCase CaseOf(ReferenceRelease reference, SingleFault fault, ReferenceRun without, KnownFutures? futures) =>
        new($"{reference.Name}: {fault.Kind}", $"{reference.Name}/{fault.Name}", () => Run(reference, fault, without, futures)) { Explain = _ => Told(reference, fault, without) };

    private static IEnumerable<SingleFault> Faults(ReferenceRun without) =>
    [
        new SingleFault.None(),
        .. without.Calls.SelectMany((call, index) => call.Faults(without.Calls.ElementAtOrDefault(index + 1)).Select(fault => new SingleFault.OfCall(call, fault))),
        .. without.Events.SelectMany(item => Enum.GetValues<EventFault>().Select(fault => new SingleFault.OfEvent(item, fault))),
    ];

    /// <summary>Runs the reference without faults, and tells what there is for a fault to happen to.</summary>
    /// <param name="reference">The release.</param>
    /// <param name="futures">Learns how it goes on; null where nobody asks.</param>
    public static ReferenceRun Without(ReferenceRelease reference, KnownFutures? futures = null)
    {
        using var run = new ReferenceRun(reference, new SingleFault.None(), isTold: true) { Futures = futures };
        run.RunWithout();
        return run;
    }

    /// <summary>Runs a case that failed once more, and tells its history.</summary>
    private static string Told(ReferenceRelease reference, SingleFault fault, ReferenceRun without)
    {
        try
        {
            Run(reference, fault, without, isTold: true);
            return "told, it does not fail: the history depends on something beside its case";
        }
        catch (Exception violation) when (violation is not OutOfMemoryException)
        {
            return violation.Message;
        }
    }

    /// <summary>Runs one case; what it violates is thrown.</summary>
    /// <param name="reference">The release.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="without">The run without a fault.</param>
    /// <param name="futures">How other runs went on: this one ends where it comes to what is known. Null for the whole run.</param>
    /// <param name="isTold">Whether a failure tells the history.</param>
    public static History Run(ReferenceRelease reference, SingleFault fault, ReferenceRun without, KnownFutures? futures = null, bool isTold = false)
    {
        using var run = new ReferenceRun(reference, fault, isTold) { Futures = fault is SingleFault.None ? null : futures };
        if (fault is SingleFault.None)
        {
            run.RunWithout();
            run.History.ShouldBe(without.History, "the same release gives the same history");
        }
        else
        {
            run.RunAgainst(without);
        }

        return run.History!;
    }
}
