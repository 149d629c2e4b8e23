using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Hosting.Endpoints;

/// <summary>One listener with its few paths: health and metrics have one each, so that a network policy can tell them apart.</summary>
internal sealed class HttpEndpoint(Setting setting, EndpointAddress address, IReadOnlyDictionary<string, RequestDelegate> paths, ILoggerFactory loggers)
    : IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Listens from when this completes, at the address that it gives.</summary>
    /// <exception cref="IOException">The address cannot be had; the message names the setting.</exception>
    public async Task<Uri> StartAsync(CancellationToken ct)
    {
        ListenOptions? listening = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            Listen(kestrel, options => listening = options);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NestedLifetime>();
        _app = builder.Build();
        foreach (var (path, serve) in paths) _app.MapGet(path, serve);
        try
        {
            await _app.StartAsync(ct);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw new IOException($"{setting.Name} {address}: {error.Message}", error);
        }

        var bound = listening!.IPEndPoint!;
        return new UriBuilder(Uri.UriSchemeHttp, address.Host is null ? "localhost" : bound.Address.ToString(), bound.Port).Uri;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is null) return;

        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (address.Host is { } ip) kestrel.Listen(ip, address.Port ?? 0, configure);
        else kestrel.ListenAnyIP(address.Port ?? 0, configure);
    }

    /// <summary>Signals belong to the process's host; this one starts and stops with it.</summary>
    private sealed class NestedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
