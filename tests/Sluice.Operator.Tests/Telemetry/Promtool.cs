using System.Diagnostics;
using Sluice.Testing.Prometheus;

namespace Sluice.Operator.Tests.Telemetry;

/// <summary>Prometheus' own parser and rules for metrics.</summary>
internal static class Promtool
{
    /// <summary>Fails with promtool's words when it finds anything to say against the page.</summary>
    public static async Task CheckAsync(string page, CancellationToken ct)
    {
        var promtool = await PrometheusBinary.FindAsync("promtool", ct);
        var start = new ProcessStartInfo(promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.StandardInput.WriteAsync(page.AsMemory(), ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);

        (await errors + await output).ShouldBeEmpty(page);
        process.ExitCode.ShouldBe(0);
    }
}
