using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Sluice.Operator.Telemetry;

internal static class TelemetryServices
{
    /// <summary>
    /// Series of one metric. The SDK reserves the memory of all of them at once, 190 KiB a metric for its usual 2,000; labels here are few and fixed.
    /// What more there are, of very many metric sources say, would be counted together under <c>otel_metric_overflow</c>.
    /// </summary>
    private const int MaxSeries = 250;

    /// <summary>Collects every meter of ours for <see cref="PrometheusExporter"/>, and for an OTLP receiver where one is named.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, string version, Uri? otlpEndpoint)
    {
        services.AddMetrics();
        services.AddSingleton<PrometheusExporter>();
        services.AddSingleton(provider => new ProcessInstruments(provider.GetRequiredService<IMeterFactory>(), version));
        services.AddSingleton(provider => CreateMeterProvider(provider.GetRequiredService<PrometheusExporter>(), otlpEndpoint));
        return services;
    }

    internal static MeterProvider CreateMeterProvider(PrometheusExporter exporter, Uri? otlpEndpoint)
    {
        var builder = Sdk.CreateMeterProviderBuilder().AddMeter("Sluice.*")
            .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MaxSeries })
            .AddReader(new BaseExportingMetricReader(exporter));
        if (otlpEndpoint is not null)
        {
            builder.AddOtlpExporter(otlp =>
            {
                otlp.Endpoint = otlpEndpoint;
                otlp.Protocol = OtlpExportProtocol.Grpc;
            });
        }

        return builder.Build();
    }
}
