using System.Globalization;
using Sluice.Benchmarks.Setup;

namespace Sluice.Benchmarks.Figures;

/// <summary>What healthy Rollouts cost while nothing happens.</summary>
internal static class HealthyCost
{
    private const int Rollouts = 200;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        await bench.StartOperatorAsync(ct);
        var names = Enumerable.Range(0, Rollouts).Select(index => string.Create(CultureInfo.InvariantCulture, $"service-{index}")).ToList();
        foreach (var name in names) bench.Create(new Service(name));
        await Waiting.UntilAsync(() => names.TrueForAll(name => Seen.IsHealthy(bench.Rollout(name))), "all healthy", TimeSpan.FromMinutes(5), ct);

        // What the last of them still has to say.
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, ct);
        var before = bench.Log.Requests;
        await Task.Delay(Watched, TimeProvider.System, ct);
        return [Figure.AtMost($"requests of {Rollouts} healthy Rollouts in {Watched.TotalSeconds:0} s", 0, bench.Log.Requests - before, "")];
    }
}
