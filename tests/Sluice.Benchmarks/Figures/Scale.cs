using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Benchmarks.Figures;

/// <summary>Many Rollouts: how soon each is seen to, and what they cost in memory.</summary>
internal static class Scale
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);

    /// <summary>The operator gives back what a burst took once it has been idle for some seconds.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    /// <summary>A start is a small burst.</summary>
    private static readonly TimeSpan SettlingIdle = TimeSpan.FromSeconds(20);

    public static Task<IReadOnlyList<Figure>> ThousandAsync(CancellationToken ct) => ManyAtOnceAsync(1_000, firstStep: null, memory: 100, start: 1, ct);

    public static Task<IReadOnlyList<Figure>> TenThousandAsync(CancellationToken ct) => ManyAtOnceAsync(10_000, firstStep: 30, memory: 180, start: 3, ct);

    public static async Task<IReadOnlyList<Figure>> IdleAsync(CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        var process = await bench.StartOperatorAsync(ct);
        await Task.Delay(SettlingIdle, TimeProvider.System, ct);
        var idle = ProcessFigures.Of(process.Id);
        return [Figure.AtMost("memory, idle", 75, idle.ResidentMiB, "MiB", $"  (at most {idle.PeakMiB:0} while it started)")];
    }

    private static async Task<IReadOnlyList<Figure>> ManyAtOnceAsync(int count, double? firstStep, double memory, double start, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        var (begun, healthy) = (0, new ConcurrentDictionary<string, bool>());
        bench.Server.Hooks.Committed += write =>
        {
            if (IsBegun(write)) Interlocked.Increment(ref begun);
            if (write is { Resource: "rollouts", Subresource: "status" } && Seen.IsHealthy(write.After)) healthy.TryAdd(write.Name, true);
        };
        var process = await bench.StartOperatorAsync(ct);
        var clock = Stopwatch.StartNew();
        var (ours, servers) = (ProcessFigures.Of(process.Id), ProcessFigures.Of(Environment.ProcessId));
        for (var index = 0; index < count; index++) bench.Create(new Service(Name(index)));
        var creating = clock.Elapsed;
        await Waiting.UntilAsync(() => Volatile.Read(ref begun) == count, $"{count} releases begun", Patience, ct);
        var all = clock.Elapsed;
        var (oursThen, serversThen) = (ProcessFigures.Of(process.Id), ProcessFigures.Of(Environment.ProcessId));
        await Waiting.UntilAsync(() => healthy.Count == count, "all healthy", Patience, ct);
        var done = clock.Elapsed;
        await Task.Delay(Settling, TimeProvider.System, ct);
        var settled = ProcessFigures.Of(process.Id);
        await process.KillAsync();

        var first = await FirstReconcileAsync(bench, ct);
        List<Figure> figures =
        [
            Figure.AtMost($"memory, {count:#,##0} healthy Rollouts", memory, settled.ResidentMiB, "MiB", $"  (at most {settled.PeakMiB:0} while they were released)"),
            Figure.AtMost($"process start → first reconcile at {count:#,##0}", start, first, "s"),
        ];
        if (firstStep is { } wanted)
        {
            var note = $"  (created in {creating.TotalSeconds:0.0} s, all healthy in {done.TotalSeconds:0.0} s; processor: operator {oursThen.ProcessorSeconds - ours.ProcessorSeconds:0.0} s, API server {serversThen.ProcessorSeconds - servers.ProcessorSeconds:0.0} s)";
            figures.Insert(0, Figure.AtMost($"{count:#,##0} Rollouts created at once reach their first step", wanted, all.TotalSeconds, "s", note));
        }

        return figures;
    }

    /// <summary>One Rollout has something to do as soon as the operator looks; its write tells when that was.</summary>
    private static async Task<double> FirstReconcileAsync(Bench bench, CancellationToken ct)
    {
        bench.Release(Name(0), 2);
        var written = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = Stopwatch.StartNew();
        bench.Server.Hooks.Committed += write =>
        {
            if (RequestLog.IsOperators(write.UserAgent) && write.Resource is not "leases") written.TrySetResult(clock.Elapsed);
        };
        await bench.StartOperatorAsync(ct);
        return (await written.Task.WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System, ct)).TotalSeconds;
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"service-{index}");

    private static bool IsBegun(CommittedWrite write) => write.Resource == "replicasets" && write.Before is null && RequestLog.IsOperators(write.UserAgent);
}
