using System.Diagnostics;
using System.Globalization;

namespace Sluice.Benchmarks.Setup;

/// <summary>What the system knows of a process.</summary>
/// <param name="ResidentMiB">Resident memory in MiB.</param>
/// <param name="PeakMiB">The most that was ever resident, in MiB.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="ProcessorSeconds">Processor time spent so far, user and system.</param>
internal sealed record ProcessFigures(double ResidentMiB, double PeakMiB, int Threads, int Handles, double ProcessorSeconds)
{
    public static ProcessFigures Of(int processId)
    {
        var status = File.ReadAllLines($"/proc/{processId}/status");
        using var process = Process.GetProcessById(processId);
        return new ProcessFigures(
            Number(status, "VmRSS:") / 1024.0,
            Number(status, "VmHWM:") / 1024.0,
            Number(status, "Threads:"),
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length,
            process.TotalProcessorTime.TotalSeconds);
    }

    private static int Number(string[] status, string key) => int.Parse(
        status.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
