using System.Globalization;
using Sluice.Api;
using Sluice.Testing.Analysis;

namespace Sluice.Engine.Tests.Analysis;

/// <summary>
/// How often and how fast releases of known truth are decided, beside the figures that the rules were chosen for. SLUICE_ANALYSIS_RUNS sets the runs of each cell
/// (thousands for a report; the default keeps the whole class within seconds).
/// </summary>
public sealed class OperatingCharacteristics(ITestOutputHelper output)
{
    private static readonly int? RunsAsked =
        int.TryParse(Environment.GetEnvironmentVariable("SLUICE_ANALYSIS_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : null;

    [Theory]
    [InlineData("A/A 0.1%", 0.001, 100, 1)]
    [InlineData("A/A 0.1%", 0.001, 10, 1)]
    [InlineData("A/A 0.5%", 0.005, 10, 1)]
    [InlineData("A/A 2%", 0.02, 10, 1)]
    [InlineData("A/A 0.1%, clustered", 0.001, 10, 4)]
    [InlineData("A/A 0.1%, clustered", 0.001, 1, 4)]
    [InlineData("A/A 2%, clustered", 0.02, 1, 4)]
    public void A_release_as_good_as_stable_is_hardly_ever_rolled_back(string cell, double errorRate, double requestsPerSecond, double clusterMean)
    {
        var ends = Run($"{cell} at {requestsPerSecond}/s", SimulatedTraffic.Of(requestsPerSecond, errorRate, errorRate, clusterMean), RunsAsked ?? 400);

        // α is 1%; the margin is three standard errors of the runs made.
        ends.Share(Verdict.Fail).ShouldBeLessThanOrEqualTo(0.01 + 3 * Math.Sqrt(0.01 * 0.99 / ends.Count));
    }

    [Fact]
    public void Over_two_thousand_releases_the_false_alarms_stay_below_alpha()
    {
        var ends = Run("A/A 0.1% at 30/s, 2000 runs", SimulatedTraffic.Of(30, 0.001, 0.001), RunsAsked ?? 2000);

        ends.Share(Verdict.Fail).ShouldBeLessThanOrEqualTo(0.01);
        ends.Share(Verdict.Pass).ShouldBeGreaterThan(0.99);
    }

    [Theory]
    [InlineData("A/A 0.1%", 0.001, 100, 1.00, 5.25)]
    [InlineData("A/A 0.1%", 0.001, 10, 1.00, 19.0)]
    [InlineData("A/A 0.5%", 0.005, 100, 1.00, 12.0)]
    [InlineData("A/A 0.5%", 0.005, 30, 0.95, 32.0)]
    [InlineData("A/A 0.5%", 0.005, 10, 0.21, null)]
    [InlineData("A/A 0.5%", 0.005, 1, 0.00, null)]
    [InlineData("A/A 2%", 0.02, 100, 0.00, null)]
    public void Good_releases_are_promoted_as_often_and_as_fast_as_the_rules_were_chosen_for(
        string cell, double errorRate, double requestsPerSecond, double promoted, double? medianMinutes)
    {
        var ends = Run($"{cell} at {requestsPerSecond}/s", SimulatedTraffic.Of(requestsPerSecond, errorRate, errorRate), RunsAsked ?? 200);

        ends.Share(Verdict.Pass).ShouldBe(promoted, tolerance: 0.01 + 3.5 * Math.Sqrt(promoted * (1 - promoted) / ends.Count));
        if (medianMinutes is { } median) ends.Median(Verdict.Pass).ShouldBe(median, tolerance: Math.Max(0.5, median * 0.12));
    }

    [Theory]
    [InlineData("dead canary", 1.0, 0.001, 10, 0.5)]
    [InlineData("dead canary", 1.0, 0.001, 100, 0.5)]
    [InlineData("0.5% to 5%", 0.05, 0.005, 100, 0.5)]
    [InlineData("0.5% to 5%", 0.05, 0.005, 10, 3.75)]
    [InlineData("0.1% to 2%", 0.02, 0.001, 100, 1)]
    [InlineData("0.1% to 2%", 0.02, 0.001, 30, 2.75)]
    [InlineData("0.1% to 2%", 0.02, 0.001, 10, 7.5)]
    public void Bad_releases_are_rolled_back_as_fast_as_the_rules_were_chosen_for(
        string cell, double canary, double stable, double requestsPerSecond, double medianMinutes)
    {
        var ends = Run($"{cell} at {requestsPerSecond}/s", SimulatedTraffic.Of(requestsPerSecond, canary, stable), RunsAsked ?? 200);

        ends.Share(Verdict.Pass).ShouldBe(0);
        ends.Median(Verdict.Fail).ShouldBe(medianMinutes, tolerance: Math.Max(0.25, medianMinutes * 0.15));
    }

    [Fact]
    public void A_dead_canary_is_always_decided_at_the_first_look() =>
        Run("dead canary at 10/s", SimulatedTraffic.Of(10, 1, 0.001), RunsAsked ?? 200).All(end => end is { Verdict: Verdict.Fail, Minutes: 0.5 }).ShouldBeTrue();

    [Fact]
    public void An_outage_of_both_sides_is_nobodys_fault()
    {
        static double Outage(double second) => second is >= 180 and < 300 ? 0.5 : 0.001;
        var ends = Run("outage of both for two minutes at 30/s", new SimulatedTraffic(30, Outage, Outage), RunsAsked ?? 200);

        ends.Share(Verdict.Fail).ShouldBeLessThanOrEqualTo(0.01);
    }

    [Fact]
    public void A_canary_that_turns_bad_at_a_later_step_is_not_shielded_by_good_ones()
    {
        var ends = Run("0.1%, then 5% from the third minute on, at 100/s", new SimulatedTraffic(100, second => second < 180 ? 0.001 : 0.05, _ => 0.001), RunsAsked ?? 200);

        ends.Share(Verdict.Fail).ShouldBe(1);
        ends.Median(Verdict.Fail).ShouldBeLessThanOrEqualTo(4);
    }

    private Ends Run(string cell, SimulatedTraffic traffic, int runs)
    {
        // One seed for each cell: the same figures each time.
        var simulation = new TrafficSimulation(new Random(20260105));
        var ends = new Ends([.. Enumerable.Range(0, runs).Select(_ => simulation.Run(traffic))]);
        output.WriteLine($"{cell}, {runs} runs: promoted {ends.Share(Verdict.Pass):P1} (median {ends.Median(Verdict.Pass):0.00} min), "
            + $"rolled back {ends.Share(Verdict.Fail):P2} (median {ends.Median(Verdict.Fail):0.00} min), held {ends.Share(Verdict.Inconclusive):P1}");
        return ends;
    }

    private sealed class Ends(List<SimulatedEnd> ends)
    {
        public int Count => ends.Count;

        public double Share(Verdict verdict) => (double)ends.Count(end => end.Verdict == verdict) / ends.Count;

        public double Median(Verdict verdict)
        {
            var minutes = ends.Where(end => end.Verdict == verdict).Select(end => end.Minutes).Order().ToList();
            return minutes.Count == 0 ? double.NaN : minutes[minutes.Count / 2];
        }

        public bool All(Func<SimulatedEnd, bool> predicate) => ends.TrueForAll(end => predicate(end));
    }
}
