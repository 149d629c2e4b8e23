using Sluice.Sandbox.Demo.Parts;
using Sluice.TestSupport;

namespace Sluice.EndToEnd.Installation;

/// <summary>Renders the Helm chart by the Go program beside this file.</summary>
internal static class ChartRenderer
{
    private static readonly string Root = Repository.Find().Root;
    private static readonly GoProgram Renderer = new("chart-renderer", Path.Combine(Root, "tests", "Sluice.EndToEnd", "Installation", "render"));

    public static string Folder { get; } = Path.Combine(Root, "tests", "Sluice.EndToEnd", "Installation");

    public static string Chart { get; } = Path.Combine(Root, "charts", "sluice");

    /// <summary>The values files of a folder, by name.</summary>
    public static IEnumerable<string> ValuesIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static string ValuesFile(string folder, string name) => Path.Combine(Folder, folder, $"{name}.yaml");

    public static async Task<RenderedChart> RenderAsync(string name, CancellationToken ct, string release = "sluice")
    {
        var (exitCode, output, error) = await TryRenderAsync(ValuesFile("cases", name), ct, release);
        exitCode.ShouldBe(0, error);
        return RenderedChart.Parse(output);
    }

    public static async Task<(int ExitCode, string Output, string Error)> TryRenderAsync(string valuesFile, CancellationToken ct, string release = "sluice") =>
        await RunAsync(new ProcessStartInfo(await Renderer.Value, ["-chart", Chart, "-values", valuesFile, "-release", release]), ct);

    private static async Task<string> BuildAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "chart-renderer");
        var start = new ProcessStartInfo("go", ["build", "-o", program, "."]) { WorkingDirectory = Path.Combine(Folder, "render") };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        if (Directory.Exists(DebianLibraries)) start.Environment["GOPATH"] = DebianLibraries;
        if (Environment.GetEnvironmentVariable("HOME") is null or "") start.Environment["GOCACHE"] = Path.Combine(AppContext.BaseDirectory, "chart-renderer-cache");
        var (exitCode, output, error) = await RunAsync(start, CancellationToken.None);
        exitCode.ShouldBe(0, $"`.ci/prerequisites go` installs or names what is missing: {output}{error}");
        return program;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start, CancellationToken ct)
    {
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }
    public static Task<(int ExitCode, string Output, string Error)> TryRenderAsync(string valuesFile, CancellationToken ct) =>
        Renderer.RunAsync(["-chart", Chart, "-values", valuesFile], input: null, ct);
}
