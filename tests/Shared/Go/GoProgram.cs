using System.Diagnostics;

namespace Sluice.TestSupport;

/// <summary>A Go program beside the tests, built once for all of them with the libraries of GOPATH.</summary>
/// <param name="name">Of the executable.</param>
/// <param name="folder">Holds its sources.</param>
internal sealed class GoProgram(string name, string folder)
{
    /// <summary>Where Debian's packages put the sources of Go libraries; elsewhere GOPATH says it.</summary>
    private const string DebianLibraries = "/usr/share/gocode";

    private readonly Lazy<Task<string>> program = new(() => BuildAsync(name, folder));

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="ct">Cancels the waiting.</param>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyList<string> arguments, string? input, CancellationToken ct) =>
        await RunAsync(new ProcessStartInfo(await program.Value, arguments), input, ct);

    private static async Task<string> BuildAsync(string name, string folder)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, name);
        var start = new ProcessStartInfo("go", ["build", "-o", executable, "."]) { WorkingDirectory = folder };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        if (Directory.Exists(DebianLibraries)) start.Environment["GOPATH"] = DebianLibraries;
        if (Environment.GetEnvironmentVariable("HOME") is null or "") start.Environment["GOCACHE"] = executable + "-cache";
        var (exitCode, output, error) = await RunAsync(start, input: null, CancellationToken.None);
        exitCode.ShouldBe(0, $"`.ci/prerequisites go` installs or names what is missing: {output}{error}");
        return executable;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start, string? input, CancellationToken ct)
    {
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true, true);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }
}
