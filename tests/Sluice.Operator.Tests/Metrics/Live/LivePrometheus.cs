using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Sources;
using Sluice.Testing.Prometheus;

[assembly: AssemblyFixture(typeof(Sluice.Operator.Tests.Metrics.Live.LivePrometheus))]

namespace Sluice.Operator.Tests.Metrics.Live;

/// <summary>A real Prometheus that scrapes each second; every test works with a Rollout, and so with pods, of its own. Started by the first that needs it.</summary>
public sealed class LivePrometheus : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private PrometheusServer? _server;
    private CounterEndpoint? _pods;
    private CounterEndpoint? _slowPods;
    private PrometheusClient? _client;

    internal CounterEndpoint Pods => _pods!;

    internal CounterEndpoint SlowPods => _slowPods!;

    internal MetricSourceOptions Source => Given.Source(_server!.Address);

    public async Task StartedAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_client is not null) return;

            _pods ??= await CounterEndpoint.StartAsync(cancellation);
            _slowPods ??= await CounterEndpoint.StartAsync(cancellation);
            _server ??= await PrometheusServer.StartAsync(new PrometheusSetup { Targets = [_pods.Target, _slowPods.Target] }, cancellation);
            _client = Given.Client(Source);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _starting.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        if (_pods is not null) await _pods.DisposeAsync();
        if (_slowPods is not null) await _slowPods.DisposeAsync();
    }

    internal static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Waits until a query of one number, asked for the present, gives what is expected.</summary>
    internal Task SeesAsync(string query, double expected) =>
        Eventually.HoldsAsync(
            async () => (await NumberAsync(query)) is { } number && Math.Abs(number - expected) < 1e-9,
            $"{query} = {expected}");

    /// <summary>Waits until so many whole scrapes have begun and ended.</summary>
    internal static Task ScrapesAsync(CounterEndpoint pods, int count)
    {
        // One that is under way when the wait begins does not count.
        var reached = pods.Scrapes + count + 1;
        return Eventually.HoldsAsync(() => pods.Scrapes >= reached, $"{count} scrapes");
    }

    /// <summary>The least number of samples that any series of these pods has since then.</summary>
    internal async Task<double> SamplesAsync(string pods, DateTimeOffset since)
    {
        var window = Math.Floor((Now - since).TotalSeconds);
        return await NumberAsync($"min(count_over_time({CounterEndpoint.Counter}{{pod=~\"{pods}\"}}[{window}s]))") ?? 0;
    }

    internal async Task<MeasurementValue> MeasureAsync(MeasurementRequest request)
    {
        using var measurer = Given.Measurer(Source);
        return (await measurer.MeasureAsync(request, TestContext.Current.CancellationToken)).Value;
    }

    private async Task<double?> NumberAsync(string query) =>
        (await _client!.QueryAsync(query, Now, TestContext.Current.CancellationToken)).AsNumber() is QueryAnswer.Scalar scalar ? scalar.Value : null;
}
