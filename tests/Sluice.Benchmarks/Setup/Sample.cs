using System.Globalization;
using Sluice.Sandbox.Demo.Parts;

namespace Sluice.Benchmarks.Setup;

/// <summary>An operator's process after a number of releases.</summary>
/// <param name="Releases">Finished so far.</param>
/// <param name="Requests">To the API server so far, watches, events and leases apart.</param>
/// <param name="Process">What the system knows of it.</param>
/// <param name="HeapMiB">Managed memory in use, garbage included, in MiB.</param>
internal sealed record Sample(int Releases, int Requests, ProcessFigures Process, double HeapMiB)
{
    private const string Heap = "dotnet_gc_heap_bytes ";

    public static async Task<Sample> TakeAsync(OperatorProcess process, int releases, int requests, CancellationToken ct)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(process.Addresses.Metrics, "/metrics"), ct);
        var line = text.Split('\n').First(line => line.StartsWith(Heap, StringComparison.Ordinal));
        return new Sample(releases, requests, ProcessFigures.Of(process.Id), double.Parse(line[Heap.Length..], CultureInfo.InvariantCulture) / (1 << 20));
    }

    /// <summary>Since the sample before this one.</summary>
    public double RequestsPerRelease(IReadOnlyList<Sample> samples)
    {
        var before = samples.TakeWhile(sample => sample != this).LastOrDefault();
        return before is null || before.Releases == Releases ? (double)Requests / Releases : (double)(Requests - before.Requests) / (Releases - before.Releases);
    }
}
