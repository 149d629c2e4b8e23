using System.Diagnostics;

namespace Sluice.Testing.Prometheus;

/// <summary>Finds Prometheus and promtool on PATH; on a Debian machine where we may, installs the package first.</summary>
internal static class PrometheusBinary
{
    private static readonly SemaphoreSlim Installing = new(1, 1);

    public static async Task<string> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (OnPath(name) is { } found) return found;

        await Installing.WaitAsync(cancellationToken);
        try
        {
            if (OnPath(name) is null && Environment.IsPrivilegedProcess && OnPath("apt-get") is { } apt)
            {
                await RunAsync(apt, ["update", "-qq"], cancellationToken);
                await RunAsync(apt, ["install", "-y", "-qq", "--no-install-recommends", "prometheus"], cancellationToken);
            }

            return OnPath(name) ?? throw new InvalidOperationException($"{name} is not on PATH and could not be installed: install the package 'prometheus'");
        }
        finally
        {
            Installing.Release();
        }
    }

    public static async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append("/usr/bin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
