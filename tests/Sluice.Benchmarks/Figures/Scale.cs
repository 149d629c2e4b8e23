using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Benchmarks.Figures;

/// <summary>Many Rollouts: how soon each is seen to, and what they cost in memory.</summary>
internal static class Scale
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct) =>
        [.. await ManyAtOnceAsync(1_000, null, 100, 1, ct), .. await ManyAtOnceAsync(10_000, 30, 180, 3, ct)];

    private static async Task<IReadOnlyList<Figure>> ManyAtOnceAsync(int count, double? firstStep, double memory, double start, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        var begun = 0;
        bench.Server.Hooks.Committed += write =>
        {
            if (IsBegun(write)) Interlocked.Increment(ref begun);
        };
        var process = await bench.StartOperatorAsync(ct);
        var idle = ProcessFigures.Of(process.Id).ResidentMiB;

        var clock = Stopwatch.StartNew();
        for (var index = 0; index < count; index++) bench.Create(new Service(Name(index)));
        var creating = clock.Elapsed;
        await Waiting.UntilAsync(() => Volatile.Read(ref begun) == count, $"{count} releases begun", Patience, ct);
        var all = clock.Elapsed;
        await Waiting.UntilAsync(() => Enumerable.Range(0, count).All(index => Seen.IsHealthy(bench.Rollout(Name(index)))), "all healthy", Patience, ct);
        var healthy = clock.Elapsed;
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, ct);
        var resident = ProcessFigures.Of(process.Id).ResidentMiB;
        await process.KillAsync();

        var first = await FirstReconcileAsync(bench, ct);
        List<Figure> figures = [Figure.AtMost($"memory, {count:#,##0} healthy Rollouts", memory, resident, "MiB"), Figure.AtMost($"process start → first reconcile at {count:#,##0}", start, first, "s")];
        if (firstStep is { } wanted)
        {
            figures.Insert(0, Figure.AtMost("memory, idle", 75, idle, "MiB"));
            figures.Insert(1, Figure.AtMost($"{count:#,##0} Rollouts created at once reach their first step", wanted, all.TotalSeconds, "s", $"  (created in {creating.TotalSeconds:0.0} s, all healthy in {healthy.TotalSeconds:0.0} s)"));
        }

        return figures;
    }

    /// <summary>One Rollout has something to do as soon as the operator looks; its write tells when that was.</summary>
    private static async Task<double> FirstReconcileAsync(Bench bench, CancellationToken ct)
    {
        bench.Release(Name(0), 2);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Server.Hooks.Committed += write =>
        {
            if (RequestLog.IsOperators(write.UserAgent) && write.Resource is not "leases") written.TrySetResult();
        };
        var clock = Stopwatch.StartNew();
        await bench.StartOperatorAsync(ct);
        await written.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, ct);
        return clock.Elapsed.TotalSeconds;
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"service-{index}");

    private static bool IsBegun(CommittedWrite write) => write.Resource == "replicasets" && write.Before is null && RequestLog.IsOperators(write.UserAgent);
}
