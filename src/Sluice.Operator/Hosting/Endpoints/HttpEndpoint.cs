using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Operator.Hosting.Options;

namespace Sluice.Operator.Hosting.Endpoints;

/// <summary>
/// One listener with its few paths: health and metrics have one each, so that a network policy can tell them apart. Kestrel alone, without the web host
/// around it: that one's routing, services and configuration take 5 MiB of memory, and here is nothing for them to do.
/// </summary>
internal sealed class HttpEndpoint(Setting setting, EndpointAddress address, IReadOnlyDictionary<string, RequestDelegate> paths, ILoggerFactory loggers)
    : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private KestrelServer? _server;

    /// <summary>Listens from when this completes, at the address that it gives.</summary>
    /// <exception cref="IOException">The address cannot be had; the message names the setting.</exception>
    public async Task<Uri> StartAsync(CancellationToken ct)
    {
        ListenOptions? listening = null;
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = 0;
        Listen(kestrel, options => listening = options);
        _server = new KestrelServer(
            Microsoft.Extensions.Options.Options.Create(kestrel),
            new SocketTransportFactory(Microsoft.Extensions.Options.Options.Create(new SocketTransportOptions()), loggers),
            loggers);
        try
        {
            await _server.StartAsync(this, ct);
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
        if (_server is null) return;

        await _server.StopAsync(CancellationToken.None);
        _server.Dispose();
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context)
    {
        if (!paths.TryGetValue(context.Request.Path.Value ?? "", out var serve))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (HttpMethods.IsGet(context.Request.Method)) return serve(context);

        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = HttpMethods.Get;
        return Task.CompletedTask;
    }

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is kept for a request.
    }

    private void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (address.Host is { } ip) kestrel.Listen(ip, address.Port ?? 0, configure);
        else kestrel.ListenAnyIP(address.Port ?? 0, configure);
    }
}
