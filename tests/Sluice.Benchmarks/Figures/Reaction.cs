using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Setup;

namespace Sluice.Benchmarks.Figures;

/// <summary>How long after a breach is there to be seen the first write comes that takes the canary's pods away.</summary>
internal static class Reaction
{
    private const int Rollouts = 100;
    private const double Interval = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        await using var source = await MetricSource.StartAsync(ct);
        await bench.StartOperatorAsync(ct, source.Address);
        var names = Enumerable.Range(0, Rollouts).Select(index => string.Create(CultureInfo.InvariantCulture, $"service-{index}")).ToList();
        foreach (var name in names) bench.Create(Canary(name));
        await Waiting.UntilAsync(() => names.TrueForAll(name => Seen.IsHealthy(bench.Rollout(name))), "all healthy", Patience, ct);
        foreach (var name in names) bench.Release(name, 2);
        await Waiting.UntilAsync(() => names.TrueForAll(name => IsMeasured(bench, name)), "all measured", Patience, ct);

        var reduced = new ConcurrentDictionary<string, TimeSpan>();
        var clock = new Stopwatch();
        bench.Server.Hooks.Committed += write =>
        {
            if (clock.IsRunning && write.Resource == "replicasets" && RequestLog.IsOperators(write.UserAgent)) reduced.TryAdd(write.Name, clock.Elapsed);
        };
        clock.Start();
        source.Value = 2;
        await Waiting.UntilAsync(() => names.TrueForAll(name => Seen.Stage(bench.Rollout(name)) != "Stepping"), "all rolled back", Patience, ct);
        await Waiting.UntilAsync(() => reduced.Count >= Rollouts, "all reduced", Patience, ct);

        var times = reduced.Values.Order().ToList();
        return [Figure.AtMost($"breach → first traffic-reducing write, p99 of {Rollouts} (poll {Interval:0} s)", Interval + 0.25, times[(int)(Rollouts * 0.99) - 1].TotalSeconds, "s", $"  (median {times[Rollouts / 2].TotalSeconds:0.00})")];
    }

    private static Service Canary(string name) => new(name)
    {
        Replicas = 2,
        Steps = """[{"setWeight":50},{"analysis":{"minDuration":"1h"}}]""",
        Analysis = $$$"""{"interval":"{{{Interval}}}s","metrics":[{"name":"latency","threshold":{"query":"latency","max":"1","failures":1}}]}""",
    };

    private static bool IsMeasured(Bench bench, string name) =>
        bench.Rollout(name)?["status"]?["release"] is { } release && (string?)release["step"]?["kind"] == "Analysis" && release["analysis"]?.AsArray() is [{ }, ..];
}
