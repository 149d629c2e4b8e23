using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

/// <summary>All parts together, as the operator's host puts them together.</summary>
public sealed class MetricServicesTests : IAsyncDisposable
{
    private const string Secret = "t0ken-of-the-source";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("services-");
    private readonly RecordedLog _log = new();
    private ServiceProvider? _services;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_request_becomes_a_result_and_is_counted_by_source_and_outcome()
    {
        await using var source = await FakeSource.StartAsync(FakeSource.Number(0.25));
        var measurements = await StartAsync(Given.Source(source.Address));
        var counted = new ConcurrentQueue<string>();
        using var listener = Listen(counted);

        var result = await MeasureAsync(measurements, new MetricQuery.Threshold("1"));

        result.Value.ShouldBe(new MeasurementValue.Scalar(0.25));
        counted.ShouldBe(["sluice_metric_query_duration_seconds source=default", "sluice_metric_queries_total outcome=Answered source=default"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_source_that_fails_is_logged_once_and_no_secret_is_told()
    {
        await using var source = await FakeSource.StartAsync(context =>
            FakeSource.Text($"you sent {context.Request.Headers.Authorization}", "text/html", 502)(context));
        var file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, Secret, TestContext.Current.CancellationToken);
        var measurements = await StartAsync(Given.Source(source.Address) with { BearerTokenFile = file });

        var first = await MeasureAsync(measurements, new MetricQuery.Threshold("1"));
        var second = await MeasureAsync(measurements, Given.Counter);

        first.Value.ShouldBe(new MeasurementValue.NoData(new NoDataReason.HttpError(502)));
        _log.Lines.Count(line => line.Contains("does not answer", StringComparison.Ordinal)).ShouldBe(1);
        string.Join('\n', [.. _log.Lines, first.ToString(), second.ToString()]).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_namespace_that_may_not_use_a_source_gets_nothing_from_it()
    {
        await using var source = await FakeSource.StartAsync(FakeSource.Number(1));
        var measurements = await StartAsync(Given.Source(source.Address) with { Namespaces = ["checkout"] });

        var result = await MeasureAsync(measurements, new MetricQuery.Threshold("1"));

        result.Value.ShouldBeOfType<MeasurementValue.NoData>().Reason.ToString().ShouldContain("not open to namespace shop");
        source.Paths.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""[{"metric":{"sluice_row":"canary_requests"},"value":[1,"10"]}]""")]
    [InlineData("""[{"metric":{},"value":[1,"10"]}]""")]
    [InlineData("""[{"metric":{"sluice_row":"canary_requests"},"value":[1,"10"]},{"metric":{"sluice_row":"canary_requests"},"value":[1,"11"]}]""")]
    [InlineData("""[{"metric":{"sluice_row":"canary_requests"},"value":[1,"NaN"]},{"metric":{"sluice_row":"canary_errors"},"value":[1,"0"]}]""")]
    [InlineData("""[{"metric":{"sluice_row":"canary_requests"},"value":[1,"-1"]},{"metric":{"sluice_row":"canary_errors"},"value":[1,"0"]}]""")]
    [InlineData("[]")]
    public async Task Rows_that_are_not_what_was_asked_for_are_no_data(string rows)
    {
        await using var source = await FakeSource.StartAsync(
            FakeSource.Json("""{"status":"success","data":{"resultType":"vector","result":ROWS}}""".Replace("ROWS", rows, StringComparison.Ordinal)));
        var measurements = await StartAsync(Given.Source(source.Address));

        (await MeasureAsync(measurements, Given.Counter)).Value.ShouldBeOfType<MeasurementValue.NoData>();
    }

    private async Task<IMeasurements> StartAsync(MetricSourceOptions source)
    {
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(_log))
            .AddMetricSources([source])
            .BuildServiceProvider();
        foreach (var service in _services.GetServices<IHostedService>()) await service.StartAsync(TestContext.Current.CancellationToken);
        return _services.GetRequiredService<IMeasurements>();
    }

    private static async Task<MeasurementResult> MeasureAsync(IMeasurements measurements, MetricQuery query)
    {
        var request = Given.Request(TimeProvider.System.GetUtcNow().AddMinutes(-1), query);
        measurements.Request(request).ShouldBeTrue();
        MeasurementResult? result = null;
        await Eventually.HoldsAsync(
            () => (result = measurements.Latest(request.Rollout.Uid).SingleOrDefault(latest => latest.Request == request)) is not null, "a result");
        return result!;
    }

    private MeterListener Listen(ConcurrentQueue<string> counted)
    {
        var meters = _services!.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => counted.Enqueue(Describe(instrument, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => counted.Enqueue(Describe(instrument, tags)));
        listener.Start();
        return listener;
    }

    private static string Describe(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new SortedSet<string>();
        foreach (var (name, value) in tags) names.Add($"{name}={value}");
        return $"{instrument.Name} {string.Join(' ', names)}";
    }

    private sealed class RecordedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose() => Lines.Clear();
    }
}
