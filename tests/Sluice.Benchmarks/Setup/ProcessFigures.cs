using System.Globalization;

namespace Sluice.Benchmarks.Setup;

/// <summary>What the system knows of a process.</summary>
/// <param name="ResidentMiB">Resident memory in MiB.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open file descriptors.</param>
internal sealed record ProcessFigures(double ResidentMiB, int Threads, int Handles)
{
    public static ProcessFigures Of(int processId)
    {
        var status = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessFigures(Number(status, "VmRSS:") / 1024.0, Number(status, "Threads:"), Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length);
    }

    private static int Number(string[] status, string key) => int.Parse(
        status.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
