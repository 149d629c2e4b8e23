using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Operator.Hosting.Health;
using Sluice.Operator.Hosting.Options;
using Sluice.Operator.Telemetry;

namespace Sluice.Operator.Hosting.Endpoints;

/// <summary>Serves /healthz and /readyz, and /metrics. First to start and last to stop, so that a draining process still answers its probes.</summary>
internal sealed class EndpointsService(
    OperatorOptions options,
    WorkWatch work,
    Readiness readiness,
    PrometheusExporter metrics,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers,
    ILogger<EndpointsService> logger) : IHostedService, IAsyncDisposable
{
    private readonly List<HttpEndpoint> _running = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var health = await StartAsync(Settings.HealthAddress, options.HealthAddress, new Dictionary<string, RequestDelegate>
        {
            ["/healthz"] = context => TellAsync(context, work.FindStuck()),
            ["/readyz"] = context => TellAsync(context, lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : readiness.Hindrance),
        }, cancellationToken);
        var scrape = await StartAsync(Settings.MetricsAddress, options.MetricsAddress, new Dictionary<string, RequestDelegate>
        {
            ["/metrics"] = ServeMetricsAsync,
        }, cancellationToken);
        HostingLog.Serving(logger, health?.ToString() ?? "off", scrape?.ToString() ?? "off");
        if (options.AddressFile is { } file) await AddressFile.WriteAsync(file, health, scrape, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in _running) await endpoint.DisposeAsync();
        _running.Clear();
    }

    private async Task<Uri?> StartAsync(Setting setting, EndpointAddress address, IReadOnlyDictionary<string, RequestDelegate> paths, CancellationToken ct)
    {
        if (address == EndpointAddress.Off) return null;

        var endpoint = new HttpEndpoint(setting, address, paths, loggers);
        _running.Add(endpoint);
        return await endpoint.StartAsync(ct);
    }

    private static Task TellAsync(HttpContext context, string? hindrance)
    {
        context.Response.StatusCode = hindrance is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{hindrance ?? "ok"}\n", context.RequestAborted);
    }

    private Task ServeMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(metrics.Scrape(), context.RequestAborted);
    }
}
