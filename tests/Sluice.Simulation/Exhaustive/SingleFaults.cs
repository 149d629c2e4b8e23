using System.Globalization;
using Sluice.Simulation.Running;

namespace Sluice.Simulation.Exhaustive;

/// <summary>
/// Single faults of the reference releases. <c>make simulate</c> tries every one of them; here, so that the tests stay quick, each so many:
/// <c>SLUICE_SIMULATION_EVERY</c> says how many (<c>1</c> for all).
/// </summary>
public sealed class SingleFaults(ITestOutputHelper output)
{
    private const string Variable = "SLUICE_SIMULATION_EVERY";
    private const int DefaultEvery = 2;

    private static int Every => Environment.GetEnvironmentVariable(Variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultEvery;

    public static TheoryData<string> References() => [.. ReferenceReleases.All.Select(reference => reference.Name)];

    [Theory]
    [MemberData(nameof(References))]
    public void A_release_ends_as_it_should_whatever_single_fault_it_meets(string name)
    {
        var all = SingleFaultCases.Of(ReferenceReleases.All.Single(reference => reference.Name == name));
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
