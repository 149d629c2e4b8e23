using System.Text.RegularExpressions;
using Sluice.Sandbox.Demo.Parts;
using Sluice.Testing.Prometheus;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>The chart's alerts are ones that Prometheus reads, and are about metrics that the operator has.</summary>
public sealed partial class AlertTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-alerts-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_reads_them()
    {
        var file = Path.Combine(folder.FullName, "rules.yaml");
        await using (var writer = File.CreateText(file)) new YamlStream(new YamlDocument((await RuleAsync())["spec"])).Save(writer, assignAnchors: false);

        await PrometheusBinary.RunAsync(await PrometheusBinary.FindAsync("promtool", Ct), ["check", "rules", "--lint-fatal", file], Ct);
    }

    [Fact]
    public async Task They_ask_for_metrics_that_the_operator_has()
    {
        var asked = from @group in (YamlSequenceNode)(await RuleAsync())["spec"]["groups"]
                    from rule in (YamlSequenceNode)@group["rules"]
                    from Match metric in MetricName().Matches(rule.Text("expr"))
                    select metric.Groups["name"].Value;
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Find().Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        asked.ShouldNotBeEmpty();
        asked.ShouldAllBe(metric => sources.Contains($"\"{metric}\"", StringComparison.Ordinal));
    }

    public void Dispose() => folder.Delete(recursive: true);

    [GeneratedRegex(@"(?<name>[a-z_]+)\{", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex MetricName();

    private static async Task<YamlMappingNode> RuleAsync() => (await ChartRenderer.RenderAsync("monitored", Ct)).Objects.OfKind("PrometheusRule").Single();
}
