using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Sluice.Benchmarks.Figures;
using Sluice.Benchmarks.Setup;
using Sluice.Sandbox.ApiServer;
using Spectre.Console;

namespace Sluice.Benchmarks;

/// <summary>
/// <c>soak</c>: one operator process through thousands of releases; what it keeps of them is printed as it goes. The releases come in rounds, and after each round
/// nothing happens until the operator has given back what it does not need: what is left is what it keeps.
/// </summary>
internal static class SoakCommand
{
    private const int Rounds = 10;

    /// <summary>From this round on nothing is left that grows to a limit: code is compiled, and every Rollout has the whole history that it keeps.</summary>
    private const int FirstSteady = 2;

    /// <summary>Of each Rollout: the first tenth of the releases fills the history up, and what grows after that is not what somebody asked to be kept.</summary>
    private const int KeptReleases = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

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
        await using var bench = await Bench.StartAsync(ct, historyLimit: 1 << 13);
        var process = await bench.StartOperatorAsync(ct);
        var finished = 0;
        var next = Channel.CreateUnbounded<string>();
        bench.Server.Hooks.Committed += write =>
        {
            if (!HasFinished(write)) return;
            next.Writer.TryWrite(write.Name);
            Interlocked.Increment(ref finished);
        };
        var versions = Enumerable.Range(0, rollouts).ToDictionary(index => string.Create(CultureInfo.InvariantCulture, $"service-{index}"), _ => 1);
        var allowed = Channel.CreateUnbounded<int>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var releasing = Task.Run(() => ReleaseAgainAsync(bench, versions, next.Reader, allowed.Reader, enough.Token), CancellationToken.None);
        foreach (var name in versions.Keys) bench.Create(new Service(name) { ReleaseHistoryLimit = KeptReleases });

        var samples = new List<Sample>();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round <= Rounds; round++)
        {
            var target = rollouts + ((releases - rollouts) * round / Rounds);
            for (var more = round == 0 ? 0 : target - finished; more > 0; more--) allowed.Writer.TryWrite(round);
            await Waiting.UntilAsync(() => Volatile.Read(ref finished) >= target, $"{target} releases", Patience, ct);
            await Task.Delay(Settling, TimeProvider.System, ct);
            var sample = await Sample.TakeAsync(process, Volatile.Read(ref finished), bench.Log.Requests, ct);
            samples.Add(sample);
            AnsiConsole.WriteLine($"{sample.Releases,7:#,##0} releases after {clock.Elapsed.TotalSeconds,5:0} s: resident {sample.Process.ResidentMiB:0.0} MiB, heap {sample.HeapMiB:0.00} MiB, {sample.Process.Threads} threads, {sample.Process.Handles} handles, {sample.RequestsPerRelease(samples):0.0} requests a release");
        }

        await enough.CancelAsync();
        await releasing;
        FigureTable.Print(Figures(samples));
        return 0;
    }

    private static IReadOnlyList<Figure> Figures(List<Sample> samples)
    {
        var steady = samples[FirstSteady..];
        var (first, last) = (steady[0], steady[^1]);
        return
        [
            Figure.AtMost("growth of the heap over 10,000 finished releases", 1, Growth(steady, sample => sample.HeapMiB), "MiB", $"  (from {first.HeapMiB:0.00} to {last.HeapMiB:0.00})"),
            Figure.AtMost("growth of resident memory over 10,000 finished releases", 1, Growth(steady, sample => sample.Process.ResidentMiB), "MiB", $"  (from {first.Process.ResidentMiB:0.0} to {last.Process.ResidentMiB:0.0})"),
            Figure.AtMost("handles more than after the first 2,000", 5, last.Process.Handles - first.Process.Handles, "", $"  (of {last.Process.Handles})"),
            Figure.AtMost("threads more than after the first 2,000", 3, last.Process.Threads - first.Process.Threads, "", $"  (of {last.Process.Threads})"),
            Figure.AtMost("requests a release more than after the first 2,000", 0.5, last.RequestsPerRelease(samples) - first.RequestsPerRelease(samples), "", $"  (of {last.RequestsPerRelease(samples):0.0})"),
        ];
    }

    /// <summary>
    /// Per 10,000 releases: the slope of the line through all readings with the least squares, since each is up to half a MiB off by what was read and not yet
    /// collected in its moment.
    /// </summary>
    private static double Growth(IReadOnlyList<Sample> samples, Func<Sample, double> figure)
    {
        var (releases, value) = (samples.Average(sample => sample.Releases), samples.Average(figure));
        var slope = samples.Sum(sample => (sample.Releases - releases) * (figure(sample) - value)) / samples.Sum(sample => Math.Pow(sample.Releases - releases, 2));
        return slope * 10_000;
    }

    private static async Task ReleaseAgainAsync(Bench bench, Dictionary<string, int> versions, ChannelReader<string> next, ChannelReader<int> allowed, CancellationToken ct)
    {
        try
        {
            await foreach (var name in next.ReadAllAsync(ct))
            {
                await allowed.ReadAsync(ct);
                bench.Release(name, ++versions[name]);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough releases.
        }
    }

    private static bool HasFinished(CommittedWrite write) =>
        write is { Resource: "rollouts", Subresource: "status" } && Seen.IsHealthy(write.After) && !Seen.IsHealthy(write.Before);
}
