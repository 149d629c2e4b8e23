using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A real HTTPS server on a free port that says who called, and refuses with 401 whoever is not accepted.</summary>
public sealed class TlsApi : IAsyncDisposable
{
    private readonly WebApplication application;

    private TlsApi(WebApplication application) => this.application = application;

    public Uri Address => new(application.Urls.Single());

    public ConcurrentQueue<string> Callers { get; } = new();

    /// <summary>The certificates that each client sent.</summary>
    public ConcurrentQueue<string> Chains { get; } = new();

    /// <summary>The impersonation headers of each request.</summary>
    public ConcurrentQueue<string> Impersonations { get; } = new();

    public ConcurrentQueue<string> Protocols { get; } = new();

    /// <summary>Who is let in: <c>Bearer …</c>, <c>Basic …</c> or a certificate's subject; everybody by default.</summary>
    public Func<string, bool> Accept { get; set; } = static _ => true;

    public static async Task<TlsApi> StartAsync(X509Certificate2 certificate)
    {
        TlsApi? api = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (leaf, chain, _) =>
            {
                api!.Chains.Enqueue(string.Join(" < ", new[] { leaf.Subject }.Concat(chain?.ChainPolicy.ExtraStore.Select(sent => sent.Subject) ?? []).Distinct()));
                return true;
            };
        })));
        api = new TlsApi(builder.Build());
        api.application.Run(api.AnswerAsync);
        await api.application.StartAsync();
        return api;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var caller = authorization.Length > 0 ? authorization : context.Connection.ClientCertificate?.Subject ?? "nobody";
        Callers.Enqueue(caller);
        Protocols.Enqueue(context.Request.Protocol);
        Impersonations.Enqueue(string.Join("; ", context.Request.Headers
            .Where(header => header.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
            .SelectMany(header => header.Value.Select(value => $"{header.Key}={value}"))
            .Order(StringComparer.OrdinalIgnoreCase)));
        context.Response.ContentType = "application/json";
        if (Accept(caller))
        {
            await context.Response.WriteAsync("""{"metadata":{"name":"a"}}""");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await context.Response.WriteAsync(ScriptedApi.Status(401, "Unauthorized"));
    }
}
