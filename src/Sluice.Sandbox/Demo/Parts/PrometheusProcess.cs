using System.Text.RegularExpressions;
using Sluice.Sandbox.Processes;

namespace Sluice.Sandbox.Demo.Parts;

/// <summary>A real Prometheus that scrapes the sandbox's pods, on a free port of 127.0.0.1.</summary>
public sealed partial class PrometheusProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private PrometheusProcess(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts it; returns once it answers queries.</summary>
    /// <param name="target">What is scraped at <c>/metrics</c>.</param>
    /// <param name="scrapeInterval">How often.</param>
    /// <param name="folder">Takes its configuration and data; exists already.</param>
    /// <param name="logFile">Takes what it prints.</param>
    /// <param name="deadline">How long it may take to be ready.</param>
    /// <param name="ct">Cancels the start.</param>
    internal static async Task<PrometheusProcess> StartAsync(
        Uri target, TimeSpan scrapeInterval, string folder, string logFile, TimeSpan deadline, CancellationToken ct)
    {
        var config = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, Config(target, scrapeInterval), ct);
        Uri? address = null;
        var process = ChildProcess.Start(new ChildProcessOptions(
            "prometheus",
            ProgramPath.Prometheus(),
            [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(folder, "data")}", "--web.listen-address=127.0.0.1:0", "--log.level=info"],
            logFile)
        {
            // The system picks the port: only its log tells which.
            Line = line => address ??= ListeningOn().Match(line) is { Success: true } match ? new Uri($"http://127.0.0.1:{match.Groups["port"].Value}") : null,
        });
        try
        {
            using var http = new HttpClient();
            await process.WaitUntilAsync(token => address is { } known ? Answers.OkAsync(http, new Uri(known, "-/ready"), token) : Task.FromResult(false), deadline, ct);
            return new PrometheusProcess(process, address!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Config(Uri target, TimeSpan scrapeInterval) =>
        $"""
        global:
          scrape_interval: {(long)scrapeInterval.TotalMilliseconds}ms
          scrape_timeout: {(long)scrapeInterval.TotalMilliseconds}ms
        scrape_configs:
        - job_name: sandbox
          honor_labels: true
          static_configs:
          - targets: ['{target.Authority}']

        """;

    [GeneratedRegex("Listening on.*address=127\\.0\\.0\\.1:(?<port>[1-9][0-9]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListeningOn();
}
