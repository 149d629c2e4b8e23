using System.Globalization;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// All single faults of the reference releases; of them only each so many where <c>SLUICE_SIMULATION_EVERY</c> says how many.
/// </summary>
public sealed class SingleFaults(ITestOutputHelper output)
{
    private const string Variable = "SLUICE_SIMULATION_EVERY";
    private const int DefaultEvery = 1;

    private static int Every => Environment.GetEnvironmentVariable(Variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultEvery;

    public static TheoryData<string> References() => [.. ReferenceReleases.All.Select(reference => reference.Name)];

    [Theory]
    [MemberData(nameof(References))]
    public void A_release_ends_as_it_should_whatever_single_fault_it_meets(string name)
    {
        var all = SingleFaultCases.Of(ReferenceReleases.All.Single(reference => reference.Name == name), isChained: Every == 1);
        var report = Campaign.Run([.. all.Where((_, index) => index % Every == 0)], Environment.ProcessorCount);

        output.WriteLine($"{report.Outcomes.Count} of {all.Count} cases");
        report.ShouldHold();
    }

    /// <summary>So that it is enough to try one of them.</summary>
    [Fact]
    public void Dying_after_a_call_is_the_same_as_dying_before_the_next_one_of_the_same_reconcile_and_before_a_read_the_same_as_after_it()
    {
        var reference = ReferenceReleases.All[0];
        var without = SingleFaultCases.Without(reference);
        var pairs = without.Calls.Zip(without.Calls.Skip(1)).Where(pair => pair.First.Reconcile == pair.Second.Reconcile).Where((_, index) => index % 7 == 0).ToList();
        var reads = without.Calls.Where(call => call.Method == "GET").Where((_, index) => index % 5 == 0).ToList();

        pairs.ShouldNotBeEmpty();
        pairs.Select(pair => HashOf(pair.First, CallFault.CrashAfter)).ShouldBe(pairs.Select(pair => HashOf(pair.Second, CallFault.CrashBefore)));
        reads.ShouldNotBeEmpty();
        reads.Select(read => HashOf(read, CallFault.CrashBefore)).ShouldBe(reads.Select(read => HashOf(read, CallFault.CrashAfter)));

        string HashOf(RecordedCall call, CallFault fault) => SingleFaultCases.Run(reference, new SingleFault.OfCall(call, fault), without).Hash;
    }

    /// <summary>A run ends where it is known how it goes on: all of it would have been the same, to the last byte that was written.</summary>
    [Fact]
    public void A_case_that_ends_early_has_the_history_of_the_whole_one()
    {
        var early = Sample(isWhole: false);
        var whole = Sample(isWhole: true);

        whole.Count.ShouldBeGreaterThan(100);
        early.ShouldBe(whole);

        static IReadOnlyList<(string, History)> Sample(bool isWhole) =>
            [.. ReferenceReleases.All.SelectMany(reference => SingleFaultCases.Of(reference, isWhole).Where((_, index) => index % 151 == 17)).Select(item => (item.Name, item.Run()))];
    }

    /// <summary>One world serves for many faults, one after the other, where each is over without a trace before the next.</summary>
    [Fact]
    public void Cases_that_share_a_world_have_the_histories_that_each_has_alone()
    {
        var reference = ReferenceReleases.All.Single(reference => reference.Name == "first");

        Histories(SingleFaultCases.Of(reference, isChained: true)).ShouldBe(Histories(SingleFaultCases.Of(reference, isWhole: true)));

        static IReadOnlyList<(string, History?)> Histories(IReadOnlyList<SimulationCase> cases) =>
            [.. Campaign.Run(cases, Environment.ProcessorCount).Outcomes.Select(outcome => (outcome.Case.Name, outcome.History))];
    }

    [Fact]
    public void The_same_case_gives_the_same_history()
    {
        var cases = SingleFaultCases.Of(ReferenceReleases.All[0]).Where((_, index) => index % 251 == 1).ToList();

        var first = Campaign.Run(cases, 1).Outcomes.Select(outcome => outcome.History?.Hash).ToList();
        var second = Campaign.Run(cases, Environment.ProcessorCount).Outcomes.Select(outcome => outcome.History?.Hash).ToList();

        first.ShouldAllBe(hash => hash != null);
        second.ShouldBe(first);
    }
}
