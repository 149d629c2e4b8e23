using Sluice.Api.Values;

namespace Sluice.Sandbox.Demo.Parts;

/// <summary>How the operator is started against a sandbox, by us or by hand.</summary>
/// <param name="Program">The dotnet that runs it.</param>
/// <param name="Arguments">Its assembly and flags.</param>
/// <param name="AddressFile">Where it will say what it listens on.</param>
internal sealed record OperatorSetup(string Program, IReadOnlyList<string> Arguments, string AddressFile)
{
    /// <summary>As one would type it.</summary>
    public string CommandLine => $"dotnet {string.Join(' ', Arguments)}";

    /// <summary>Writes the operator's configuration.</summary>
    /// <param name="assembly">Path of Sluice.Operator.dll.</param>
    /// <param name="kubeconfig">Leads to the sandbox.</param>
    /// <param name="prometheus">The metric source <c>default</c>; null for none.</param>
    /// <param name="folder">Takes the files; exists already.</param>
    /// <param name="options">Intervals, further metric sources and further flags.</param>
    /// <param name="ct">Cancels the writing.</param>
    public static async Task<OperatorSetup> WriteAsync(
        string assembly, string kubeconfig, Uri? prometheus, string folder, SandboxEnvironmentOptions options, CancellationToken ct)
    {
        var config = Path.Combine(folder, "operator.yaml");
        var addressFile = Path.Combine(folder, "operator.addresses");
        await File.WriteAllTextAsync(config, Config(prometheus, options), ct);
        return new OperatorSetup(
            ProgramPath.Dotnet(),
            [
                assembly,
                "run",
                "--kubeconfig", kubeconfig,
                "--config", config,
                "--progress-interval", GoDuration.Format(options.ProgressInterval),
                "--health-address", "127.0.0.1:0",
                "--metrics-address", "127.0.0.1:0",
                "--address-file", addressFile,
                "--log-format", "text",
                .. options.OperatorArguments,
            ],
            addressFile);
    }

    private static string Config(Uri? prometheus, SandboxEnvironmentOptions options)
    {
        var sources = options.MetricSources.Select(source => Source(source.Key, source.Value, options.ScrapeInterval)).ToList();
        if (prometheus is not null) sources.Insert(0, Source("default", prometheus, options.ScrapeInterval));
        return sources.Count == 0 ? "metricSources: []\n" : $"metricSources:\n{string.Concat(sources)}";
    }

    private static string Source(string name, Uri address, TimeSpan scrapeInterval) =>
        $"""
        - name: {name}
          address: {address.GetLeftPart(UriPartial.Authority)}
          scrapeInterval: {GoDuration.Format(scrapeInterval)}
          timeout: 5s
          allowQueries: true

        """;
}
