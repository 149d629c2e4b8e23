using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Queue;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Metrics;

public static class MetricServices
{
    /// <summary>
    /// Adds <see cref="IMeasurements"/> over the sources of the operator's configuration, and the hosted service that works its queue.
    /// Wants a <see cref="TimeProvider"/>, logging and <c>AddMetrics()</c> in the container.
    /// </summary>
    public static IServiceCollection AddMetricSources(this IServiceCollection services, IReadOnlyList<MetricSourceOptions> sources)
    {
        services.AddSingleton(provider => new MetricQueryInstruments(provider.GetRequiredService<IMeterFactory>()));
        foreach (var source in sources) services.AddSingleton(provider => CreateLane(provider, source));
        services.AddSingleton<MeasurementQueue>();
        services.AddSingleton<IMeasurements>(provider => provider.GetRequiredService<MeasurementQueue>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<MeasurementQueue>());
        return services;
    }

    private static SourceLane CreateLane(IServiceProvider provider, MetricSourceOptions source)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var client = new PrometheusClient(source, provider.GetRequiredService<MetricQueryInstruments>(), time);
        return new SourceLane(source, new Measurer(source, client, time), time, provider.GetRequiredService<ILogger<MeasurementQueue>>());
    }
}
