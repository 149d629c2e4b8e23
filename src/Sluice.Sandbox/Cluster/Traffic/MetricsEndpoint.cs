using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Sandbox.Hosting;

namespace Sluice.Sandbox.Cluster.Traffic;

/// <summary>Serves the counters of all simulated pods on <c>/metrics</c>, for one scrape target of Prometheus.</summary>
public sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MetricsEndpoint(WebApplication app) => _app = app;

    /// <summary>The address that the endpoint listens on, with its real port.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts to listen on the loopback interface.</summary>
    /// <param name="traffic">What is served.</param>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<MetricsEndpoint> StartAsync(TrafficSimulation traffic, int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NestedLifetime>();
        var app = builder.Build();
        app.MapGet("/metrics", () => Results.Text(PrometheusText.Render(traffic.Snapshot()), PrometheusText.ContentType));
        await app.StartAsync(ct);
        return new MetricsEndpoint(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
