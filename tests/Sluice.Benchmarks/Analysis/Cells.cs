using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary>The cells of the table, in its order.</summary>
internal static class Cells
{
    private static readonly double[] Rates = [1, 10, 100];

    /// <summary>Those that the promises are made for: an hour of history, weights 10 to 50%.</summary>
    public static IReadOnlyList<Cell> Promised { get; } =
    [
        .. Good("A/A 0.1%", 0.001, [1, 10, 100], at => at switch { 10 => (1, 19), 100 => (1, 5.25), _ => (null, null) }),
        .. Good("A/A 0.5%", 0.005, [1, 10, 30, 100], at => at switch { 10 => (0.21, null), 30 => (0.95, 32), 100 => (1, 12), _ => (null, null) }),
        .. Good("A/A 2%", 0.02, Rates, _ => (null, null)),
        .. Rates.Select(rate => new Cell("A/A 0.1%, errors in clusters of 4", Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, 0.001, 0.001, 4))),
        .. Rates.Select(rate => new Cell("A/A 0.5%, errors in clusters of 4", Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, 0.005, 0.005, 4))),
        .. Rates.Select(rate => new Cell("A/A 2%, errors in clusters of 4", Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, 0.02, 0.02, 4))),
        .. Rates.Select(rate => new Cell("A/A 0.1%, outage of both for 2 min", Truth.AsGoodAsStable, new SimulatedTraffic(rate, Outage, Outage))),
        .. Rates.Select(rate => new Cell("4 times worse, 0.5 to 2%", Truth.AboveMax, SimulatedTraffic.Of(rate, 0.02, 0.005))),
        .. Bad("10 times worse, 0.5 to 5%", 0.005, 0.05, Rates, rate => rate switch { 10 => 3.75, 100 => 0.5, _ => null }),
        .. Bad("20 times worse, 0.1 to 2%", 0.001, 0.02, [1, 10, 30, 100], rate => rate switch { 10 => 7.5, 30 => 2.75, 100 => 1, _ => null }),
        .. Rates.Select(rate => new Cell("5 times worse within max, 0.1 to 0.5%", Truth.WorseWithinMax, SimulatedTraffic.Of(rate, 0.005, 0.001))),
        .. Rates.Select(rate => new Cell("0.1%, from minute 3 on 5%", Truth.AboveMax, new SimulatedTraffic(rate, second => second < 180 ? 0.001 : 0.05, _ => 0.001))),
        .. Rates.Select(rate => new Cell("dead canary", Truth.Dead, SimulatedTraffic.Of(rate, 1, 0.001))),
    ];

    /// <summary>What is not promised in figures and should hold all the same: other rates, little history, uneven and changing traffic.</summary>
    public static IReadOnlyList<Cell> Wide { get; } =
    [
        .. from rate in new double[] { 3, 30, 300 } from errors in new[] { 0.0003, 0.003, 0.01 } select new Cell($"A/A {errors * 100:0.##}%", Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, errors, errors)),
        .. from rate in new double[] { 3, 30, 300 } from errors in new[] { 0.0003, 0.003, 0.01 } select new Cell($"A/A {errors * 100:0.##}%, clusters of 4", Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, errors, errors, 4)),
        .. Small("no history: A/A 0.1%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.001, 0.001, 4), new ReleaseCourse { HistoryMinutes = 0 }),
        .. Small("no history: A/A 2%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.02, 0.02, 4), new ReleaseCourse { HistoryMinutes = 0 }),
        .. Small("10 minutes of history: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4), new ReleaseCourse { HistoryMinutes = 10 }),
        .. Small("weights 1 and 5%: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4), new ReleaseCourse { Weights = [1, 5] }),
        .. Small("weights 1 and 5%: A/A 2%", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.02, 0.02), new ReleaseCourse { Weights = [1, 5] }),
        .. Small("weight 90%: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4), new ReleaseCourse { Weights = [90] }),
        .. Small("load doubles every 30 min: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4) with { Load = Doubling }),
        .. Small("load in bursts: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4) with { Load = Bursts }),
        .. Small("a split that drifts, outages of both: A/A 0.3%", Truth.AsGoodAsStable, rate => new SimulatedTraffic(rate, Outages, Outages) with { Share = Drifting }),
        .. Small("stable restarts every 2 min: A/A 0.3%, clusters of 4", Truth.AsGoodAsStable, rate => SimulatedTraffic.Of(rate, 0.003, 0.003, 4) with { StablePods = Restarting }),
        .. Small("stable restarts and outages of both: A/A 0.3%", Truth.AsGoodAsStable, rate => new SimulatedTraffic(rate, Outages, Outages) with { StablePods = Restarting, Share = WithFewerPods }),
        .. Small("an outage in the hour before: A/A 0.1%", Truth.AsGoodAsStable, rate => new SimulatedTraffic(rate, OutageBefore, OutageBefore)),
        .. Small("1.1%, stable 1%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.011, 0.01)),
        .. Small("1.5%, stable 0.1%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.015, 0.001)),
        .. Small("1.5%, clusters of 4, stable 0.5%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.015, 0.005, 4)),
        .. Small("no history: 2%, clusters of 4, stable 0.1%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.02, 0.001, 4), new ReleaseCourse { HistoryMinutes = 0 }),
        .. Small("weights 1 and 5%: 3%, stable 0.1%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.03, 0.001), new ReleaseCourse { Weights = [1, 5] }),
        .. Small("one weight, 50%: 1.5%, stable 0.1%", Truth.AboveMax, rate => SimulatedTraffic.Of(rate, 0.015, 0.001), new ReleaseCourse { Weights = [50] }),
        .. Small("an outage in the hour before: 5%, stable 0.1%", Truth.AboveMax, rate => new SimulatedTraffic(rate, _ => 0.05, OutageBefore)),
        .. Small("an outage in the hour before: dead canary", Truth.AboveMax, rate => new SimulatedTraffic(rate, _ => 1, OutageBefore)),
        .. Small("no history: dead canary", Truth.Dead, rate => SimulatedTraffic.Of(rate, 1, 0.001), new ReleaseCourse { HistoryMinutes = 0 }),
        .. Small("weights 1 and 5%: dead canary", Truth.Dead, rate => SimulatedTraffic.Of(rate, 1, 0.001), new ReleaseCourse { Weights = [1, 5] }),
    ];

    private static IEnumerable<Cell> Good(string name, double errors, double[] rates, Func<double, (double? Promoted, double? Median)> quoted) => rates.Select(rate => new Cell(name, Truth.AsGoodAsStable, SimulatedTraffic.Of(rate, errors, errors))
    {
        Promoted = quoted(rate).Promoted,
        MedianToPromotion = quoted(rate).Median,
    });

    private static IEnumerable<Cell> Bad(string name, double stable, double canary, double[] rates, Func<double, double?> median) =>
        rates.Select(rate => new Cell(name, Truth.AboveMax, SimulatedTraffic.Of(rate, canary, stable)) { MedianToRollback = median(rate) });

    private static IEnumerable<Cell> Small(string name, Truth truth, Func<double, SimulatedTraffic> traffic, ReleaseCourse? course = null) =>
        new double[] { 3, 30, 300 }.Select(rate => new Cell(name, truth, traffic(rate)) { Course = course ?? ReleaseCourse.Usual });

    private static double Outage(double second) => second is >= 180 and < 300 ? 0.5 : 0.001;

    private static double OutageBefore(double second) => second is >= -1200 and < -1080 ? 0.5 : 0.001;

    /// <summary>Two minutes of every ten, before the release as well.</summary>
    private static double Outages(double second) => Phase(second, 600) < 120 ? 0.3 : 0.003;

    private static double Doubling(double second) => Math.Pow(2, second / 1800);

    private static double Bursts(double second) => Phase(second, 180) < 30 ? 5 : 0.2;

    private static double Drifting(double second, int weight) => weight / 100.0 * (0.5 + Phase(second, 480) / 480);

    private static int Restarting(double second) => Phase(second, 120) < 45 ? 5 : 10;

    private static double WithFewerPods(double second, int weight) => Restarting(second) == 10 ? weight / 100.0 : 2 * weight / (100.0 + weight);

    private static double Phase(double second, double period) => ((second % period) + period) % period;
}
