using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Testing.Prometheus;

internal sealed record PrometheusSetup
{
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>host:port of what is scraped at /metrics, with the labels it sends itself (honor_labels).</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>OpenMetrics text with timestamps, in the data folder before the server starts.</summary>
    public string? Backfill { get; init; }
}

/// <summary>A real Prometheus on a free port of 127.0.0.1 with a data folder of its own; disposing it ends the process and removes the folder.</summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PrometheusServer(Process process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<PrometheusServer> StartAsync(PrometheusSetup setup, CancellationToken cancellationToken)
    {
        var binary = await PrometheusBinary.FindAsync("prometheus", cancellationToken);
        var folder = Directory.CreateTempSubdirectory("prometheus-");
        var data = Path.Combine(folder.FullName, "data");
        if (setup.Backfill is { } text) await BackfillAsync(text, folder, data, cancellationToken);

        var config = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(config, Config(setup), cancellationToken);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                binary,
                [$"--config.file={config}", $"--storage.tsdb.path={data}", "--web.listen-address=127.0.0.1:0", "--log.level=info"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        var server = new PrometheusServer(process, folder);
        await server.WaitForStartAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(null, EventArgs.Empty);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        var log = new List<string>();
        void Read(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (log) log.Add(line.Data);
            if (ListeningOn().Match(line.Data) is { Success: true } match)
                _port.TrySetResult(int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));
        }

        _process.ErrorDataReceived += Read;
        _process.OutputDataReceived += Read;
        AppDomain.CurrentDomain.ProcessExit += Kill;
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();

        using var deadline = new CancellationTokenSource(StartDeadline, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var port = await _port.Task.WaitAsync(either.Token);
            Address = new Uri($"http://127.0.0.1:{port}");
            using var client = new HttpClient();
            while (!await IsReadyAsync(client, either.Token)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            lock (log) throw new InvalidOperationException($"Prometheus did not start:\n{string.Join('\n', log)}", e);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(Address, "-/ready"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task BackfillAsync(string text, DirectoryInfo folder, string data, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder.FullName, "backfill.txt");
        await File.WriteAllTextAsync(file, text, cancellationToken);
        var promtool = await PrometheusBinary.FindAsync("promtool", cancellationToken);
        await PrometheusBinary.RunAsync(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, data], cancellationToken);
    }

    private static string Config(PrometheusSetup setup)
    {
        var interval = $"{(long)setup.ScrapeInterval.TotalMilliseconds}ms";
        var targets = string.Join(", ", setup.Targets.Select(target => $"'{target}'"));
        return $"""
            global: {"{"}scrape_interval: {interval}, scrape_timeout: {interval}{"}"}
            scrape_configs:
            - job_name: pods
              honor_labels: true
              static_configs:
              - targets: [{targets}]
            """;
    }

    private void Kill(object? sender, EventArgs e)
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    [GeneratedRegex("Listening on.*address=127\\.0\\.0\\.1:(?<port>[1-9][0-9]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListeningOn();
}
