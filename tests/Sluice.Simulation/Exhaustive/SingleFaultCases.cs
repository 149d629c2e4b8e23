using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>All single faults of the reference releases as cases.</summary>
internal static class SingleFaultCases
{
    /// <summary>Runs the reference without faults, and gives it and every fault of it as a case; where it fails by itself, that alone.</summary>
    /// <param name="reference">The release.</param>
    /// <param name="isWhole">Whether each is run to its end, though it is known from another how it goes on.</param>
    /// <param name="isChained">Whether a run goes on with another fault where one is over without a trace: quicker where all cases are run.</param>
    public static IReadOnlyList<SimulationCase> Of(ReferenceRelease reference, bool isWhole = false, bool isChained = false)
    {
        try
        {
            var futures = isWhole ? null : new KnownFutures();
            var without = Without(reference, futures);
            var faults = Faults(without).ToList();
            var open = isChained ? new OpenFaults(faults.Where(fault => fault is not SingleFault.None)) : null;
            return [.. faults.Select(fault => CaseOf(reference, fault, without, futures, open))];
        }
        catch (ReferenceFailedException failed)
        {
            return [new SimulationCase($"{reference.Name}: none", $"{reference.Name}/none", () => throw new ReferenceFailedException(failed.Message, failed))];
        }
    }

    private static SimulationCase CaseOf(ReferenceRelease reference, SingleFault fault, ReferenceRun without, KnownFutures? futures, OpenFaults? open) =>
        new($"{reference.Name}: {fault.Kind}", $"{reference.Name}/{fault.Name}", () => open is null ? Run(reference, fault, without, futures) : RunWithOthers(reference, fault, without, futures, open)) { Explain = _ => Told(reference, fault, without) };

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

    /// <summary>Runs one case and, in the same world, others that are still open; or tells how it ended where another run had it.</summary>
    private static History RunWithOthers(ReferenceRelease reference, SingleFault fault, ReferenceRun without, KnownFutures? futures, OpenFaults open)
    {
        if (fault is SingleFault.None) return Run(reference, fault, without);
        if (!open.TryClaim(fault)) return open.Outcome(fault) ?? RunAfterAll(reference, fault, without);

        using var run = new ReferenceRun(reference, fault, isTold: false) { Futures = futures, Others = open };
        try
        {
            run.RunAgainst(without);
            open.End(run.Fault, run.History);
        }
        catch (ReferenceFailedException) when (run.Fault != fault)
        {
            open.End(run.Fault, null);
        }

        return open.Outcome(fault)!;
    }

    /// <summary>It failed in a world that had come through other faults: alone it must fail too.</summary>
    private static History RunAfterAll(ReferenceRelease reference, SingleFault fault, ReferenceRun without)
    {
        Run(reference, fault, without);
        throw new ReferenceFailedException($"{reference.Name}, {fault}: it fails after other faults and not alone, though the world was in the same state: ReleaseWorld.State leaves something out", null);
    }
}
