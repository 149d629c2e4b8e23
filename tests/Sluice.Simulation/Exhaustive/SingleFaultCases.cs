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
            return [.. Faults(without).Select(fault => new SimulationCase($"{reference.Name}: {fault.Kind}", $"{reference.Name}/{fault.Name}", () => Run(reference, fault, without)))];
        }
        catch (ReferenceFailedException failed)
        {
            return [new SimulationCase($"{reference.Name}: none", $"{reference.Name}/none", () => throw new ReferenceFailedException(failed.Message, failed))];
        }
    }

    private static IEnumerable<SingleFault> Faults(ReferenceRun without) =>
    [
        new SingleFault.None(),
        .. without.Calls.SelectMany(call => call.Faults.Select(fault => new SingleFault.OfCall(call, fault))),
        .. without.Events.SelectMany(item => Enum.GetValues<EventFault>().Select(fault => new SingleFault.OfEvent(item, fault))),
    ];

    private static ReferenceRun Without(ReferenceRelease reference)
    {
        using var run = new ReferenceRun(reference, new SingleFault.None());
        run.RunWithout();
        return run;
    }

    private static History Run(ReferenceRelease reference, SingleFault fault, ReferenceRun without)
    {
        using var run = new ReferenceRun(reference, fault);
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
