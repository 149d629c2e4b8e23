using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>All single faults of the reference releases as cases.</summary>
internal static class SingleFaultCases
{
    /// <summary>Runs the reference without faults, and gives it and every fault of it as a case; where it fails by itself, that alone.</summary>
    public static IReadOnlyList<SimulationCase> Of(ReferenceRelease reference)
    {
        try
        {
            var without = Without(reference);
            return [.. Faults(without).Select(fault => CaseOf(reference, fault, without))];
        }
        catch (ReferenceFailedException failed)
        {
            return [new SimulationCase($"{reference.Name}: none", $"{reference.Name}/none", () => throw new ReferenceFailedException(failed.Message, failed))];
        }
    }

    private static SimulationCase CaseOf(ReferenceRelease reference, SingleFault fault, ReferenceRun without) =>
        new($"{reference.Name}: {fault.Kind}", $"{reference.Name}/{fault.Name}", () => Run(reference, fault, without, isTold: false)) { Explain = _ => Told(reference, fault, without) };

    private static IEnumerable<SingleFault> Faults(ReferenceRun without) =>
    [
        new SingleFault.None(),
        .. without.Calls.SelectMany((call, index) => call.Faults(without.Calls.ElementAtOrDefault(index + 1)).Select(fault => new SingleFault.OfCall(call, fault))),
        .. without.Events.SelectMany(item => Enum.GetValues<EventFault>().Select(fault => new SingleFault.OfEvent(item, fault))),
    ];

    /// <summary>Runs the reference without faults, and tells what there is for a fault to happen to.</summary>
    public static ReferenceRun Without(ReferenceRelease reference)
    {
        using var run = new ReferenceRun(reference, new SingleFault.None(), isTold: true);
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
    public static History Run(ReferenceRelease reference, SingleFault fault, ReferenceRun without, bool isTold)
    {
        using var run = new ReferenceRun(reference, fault, isTold);
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
