using System.Diagnostics;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.Benchmarks.Figures;

/// <summary>Two operators: how long after the end of the one that leads the other one leads.</summary>
internal static class Failover
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct) =>
    [
        Figure.AtMost("failover, the leader ends", 2, await TakeoverAsync((leader, token) => leader.StopAsync(token), ct), "s"),
        Figure.AtMost("failover, the leader is killed", 17, await TakeoverAsync((leader, _) => leader.KillAsync(), ct), "s"),
    ];

    private static async Task<double> TakeoverAsync(Func<OperatorProcess, CancellationToken, Task> end, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        var leader = await bench.StartOperatorAsync(ct, null, "--leader-elect", "--leader-election-namespace", Bench.Namespace);
        await Waiting.UntilAsync(() => Holder(bench) is { Length: > 0 }, "somebody leads", Patience, ct);
        var first = Holder(bench);
        await bench.StartOperatorAsync(ct, null, "--leader-elect", "--leader-election-namespace", Bench.Namespace);

        var clock = Stopwatch.StartNew();
        var ending = end(leader, ct);
        await Waiting.UntilAsync(() => Holder(bench) is { Length: > 0 } holder && holder != first, "the other one leads", Patience, ct);
        var taken = clock.Elapsed;
        await ending;
        return taken.TotalSeconds;
    }

    private static string? Holder(Bench bench) => (string?)bench.Server.List("leases.coordination.k8s.io").FirstOrDefault(lease => (string?)lease["metadata"]!["namespace"] == Bench.Namespace)?["spec"]?["holderIdentity"];
}
