using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

internal static class Given
{
    public static readonly MetricQuery Counter = new MetricQuery.ErrorRateCounter("http_requests_total", "code=~\"5..\"");

    public static MetricSourceOptions Source(Uri? address = null) => new()
    {
        Address = address ?? new Uri("http://127.0.0.1:1"),
        ScrapeInterval = TimeSpan.FromSeconds(1),
        AllowQueries = true,
    };

    public static MeasurementRequest Request(DateTimeOffset from, MetricQuery? query = null, string rollout = "payments") => new()
    {
        Rollout = new MeasuredRollout("shop", rollout, $"uid-{rollout}"),
        Metric = "error-rate",
        Source = "default",
        Query = query ?? Counter,
        CanaryRevision = "7b21",
        StableRevision = "6f9c",
        From = from,
    };

    public static MetricQueryInstruments Instruments() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public static PrometheusClient Client(MetricSourceOptions source, TimeProvider? time = null) =>
        new(source, Instruments(), time ?? TimeProvider.System);

    public static Measurer Measurer(MetricSourceOptions source, TimeProvider? time = null) =>
        new(source, Client(source, time), time ?? TimeProvider.System);
}

internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Deadline, what);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(Func<bool> condition, string what) => HoldsAsync(() => Task.FromResult(condition()), what);
}
