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

    public static Task<(int ExitCode, string Output, string Error)> TryRenderAsync(string valuesFile, CancellationToken ct, string release = "sluice") =>
        Renderer.RunAsync(["-chart", Chart, "-values", valuesFile, "-release", release], input: null, ct);
}
