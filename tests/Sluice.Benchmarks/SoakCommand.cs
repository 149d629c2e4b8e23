using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Figures;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.ApiServer;
using Spectre.Console;

namespace Sluice.Benchmarks;

/// <summary><c>soak</c>: one operator process through thousands of releases; what it keeps of them is printed as it goes.</summary>
internal static class SoakCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var releases = new Option<int>("--releases") { Description = "How many releases.", DefaultValueFactory = _ => 10_000 };
        var rollouts = new Option<int>("--rollouts") { Description = "Of how many Rollouts, at the same time.", DefaultValueFactory = _ => 100 };
        var command = new Command("soak", "Runs many releases through one operator process and watches its memory, handles and threads.") { releases, rollouts };
        command.SetAction((result, ct) => RunAsync(result.GetValue(releases), result.GetValue(rollouts), ct));
        return command;
    }

    private static async Task<int> RunAsync(int releases, int rollouts, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(ct);
        var process = await bench.StartOperatorAsync(ct);
        var finished = 0;
        var next = new BlockingCollection<string>();
        bench.Server.Hooks.Committed += write =>
        {
            if (!HasFinished(write)) return;
            Interlocked.Increment(ref finished);
            next.Add(write.Name, CancellationToken.None);
        };
        var versions = Enumerable.Range(0, rollouts).ToDictionary(index => string.Create(CultureInfo.InvariantCulture, $"service-{index}"), _ => 1);
        foreach (var name in versions.Keys) bench.Create(new Service(name));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var releasing = Task.Run(() => ReleaseAgain(bench, versions, next, enough.Token), CancellationToken.None);

        var samples = new List<Sample>();
        var clock = Stopwatch.StartNew();
        var table = new Table().AddColumns("releases", "after", "resident MiB", "heap MiB", "threads", "handles", "requests per release");
        foreach (var target in Targets(releases, rollouts))
        {
            await Waiting.UntilAsync(() => Volatile.Read(ref finished) >= target, $"{target} releases", Patience, ct);
            var sample = await Sample.TakeAsync(process, Volatile.Read(ref finished), bench.Log.Requests, ct);
            samples.Add(sample);
            table.AddRow([$"{sample.Releases:#,##0}", $"{clock.Elapsed.TotalSeconds:0} s", $"{sample.Process.ResidentMiB:0.0}", $"{sample.HeapMiB:0.0}", $"{sample.Process.Threads}", $"{sample.Process.Handles}", $"{sample.RequestsPerRelease(samples):0.0}"]);
        }

        await enough.CancelAsync();
        await releasing;
        AnsiConsole.Write(table);
        var growth = Growth(samples);
        AnsiConsole.WriteLine($"heap after the last collection grew by {growth:0.00} MiB per 10,000 releases, from the second tenth on (to reach: ≤ 1).");
        return 0;
    }

    /// <summary>The least heap that was seen in the last third against that of the middle one: what lies above it is garbage that was not collected yet.</summary>
    private static double Growth(List<Sample> samples)
    {
        var third = samples.Count / 3;
        var (middle, last) = (samples.Skip(third).Take(third).ToList(), samples.Skip(2 * third).ToList());
        var releases = last.Average(sample => sample.Releases) - middle.Average(sample => sample.Releases);
        return (last.Min(sample => sample.HeapMiB) - middle.Min(sample => sample.HeapMiB)) / releases * 10_000;
    }

    private static IEnumerable<int> Targets(int releases, int rollouts) => Enumerable.Range(1, 30).Select(part => Math.Max(rollouts, releases * part / 30));

    private static void ReleaseAgain(Bench bench, Dictionary<string, int> versions, BlockingCollection<string> next, CancellationToken ct)
    {
        try
        {
            foreach (var name in next.GetConsumingEnumerable(ct)) bench.Release(name, ++versions[name]);
        }
        catch (OperationCanceledException)
        {
            // Enough releases.
        }
    }

    private static bool HasFinished(CommittedWrite write) =>
        write is { Resource: "rollouts", Subresource: "status" } && Seen.IsHealthy(write.After) && !Seen.IsHealthy(write.Before);
}
