using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Hosting;

/// <summary>How the sandbox is served.</summary>
public sealed record SandboxHostOptions
{
    /// <summary>Port on 127.0.0.1; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>Where the kubeconfig is written; null puts it into a fresh temporary folder, removed on disposal.</summary>
    public string? KubeconfigPath { get; init; }

    public ApiServerOptions ApiServer { get; init; } = new();
}

/// <summary>The API server on a local port, plain HTTP/1.1, with a kubeconfig that leads to it.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly CancellationTokenSource _stopping = new();
    private readonly string? _temporary;

    private SandboxHost(WebApplication web, InMemoryApiServer apiServer, string kubeconfigPath, string? temporary)
    {
        (_web, ApiServer, KubeconfigPath, _temporary) = (web, apiServer, kubeconfigPath, temporary);
        Address = new Uri("http://127.0.0.1");
    }

    /// <summary>Where the server listens.</summary>
    public Uri Address { get; private set; }

    /// <summary>The file to put into <c>KUBECONFIG</c>.</summary>
    public string KubeconfigPath { get; }

    public InMemoryApiServer ApiServer { get; }

    /// <summary>Starts serving; returns once requests are answered.</summary>
    public static async Task<SandboxHost> StartAsync(SandboxHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NestedLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options.Port));
        var web = builder.Build();
        var temporary = options.KubeconfigPath is null ? Directory.CreateTempSubdirectory("sluice-sandbox-").FullName : null;
        var host = new SandboxHost(
            web, new InMemoryApiServer(options.ApiServer), options.KubeconfigPath ?? Path.Combine(temporary!, "kubeconfig"), temporary);
        web.Run(new HttpBridge(host.ApiServer, host._stopping.Token).AnswerAsync);
        await web.StartAsync(cancellationToken);
        host.Address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Kubeconfig.WriteAsync(host.KubeconfigPath, host.Address, cancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        // Open watches end first: the server would wait for them.
        await _stopping.CancelAsync();
        await _web.DisposeAsync();
        _stopping.Dispose();
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }

    private static void Configure(KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        // The size that Kubernetes allows a request.
        kestrel.Limits.MaxRequestBodySize = 3 * 1024 * 1024;
        // A watcher may read as slowly as it likes.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
