using Sluice.Api;

namespace Sluice.Engine.Tests.Analysis;

public sealed class Explore(ITestOutputHelper output)
{
    [Fact]
    public void Explore_all()
    {
        var n = int.Parse(Environment.GetEnvironmentVariable("SLUICE_RUNS") ?? "200");
        foreach (var (name, canary, stable, cluster) in new (string, double, double, double)[]
        {
            ("A/A 0.1%", 0.001, 0.001, 1), ("A/A 0.5%", 0.005, 0.005, 1), ("A/A 2%", 0.02, 0.02, 1), ("A/A 0.1% clustered", 0.001, 0.001, 4), ("dead", 1, 0.001, 1),
            ("0.5->5", 0.05, 0.005, 1), ("0.1->2", 0.02, 0.001, 1),
        })
        {
            foreach (var rate in new double[] { 1, 10, 30, 100 })
            {
                var sw = System.Diagnostics.Stopwatch.StartNew();
                var sim = new TrafficSimulation(new Random(1));
                var ends = Enumerable.Range(0, n).Select(_ => sim.Run(Traffic.Of(rate, canary, stable, cluster))).ToList();
                string Med(Verdict v) { var m = ends.Where(e => e.Verdict == v).Select(e => e.Minutes).Order().ToList(); return m.Count == 0 ? "-" : $"{m[m.Count / 2]:0.00}"; }
                output.WriteLine($"{name} @{rate}/s pass {ends.Count(e => e.Verdict == Verdict.Pass) * 100.0 / n:0.0}% med {Med(Verdict.Pass)}  fail {ends.Count(e => e.Verdict == Verdict.Fail) * 100.0 / n:0.00}% med {Med(Verdict.Fail)}  held {ends.Count(e => e.Verdict == Verdict.Inconclusive) * 100.0 / n:0.0}%  {sw.ElapsedMilliseconds} ms");
            }
        }
    }
}
