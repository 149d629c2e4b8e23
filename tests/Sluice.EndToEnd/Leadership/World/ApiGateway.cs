using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Sluice.Kubernetes.Client;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>
/// The API server's door for one operator: HTTP/2 over TLS, as a real one's. It enters every write into the ledger. What has arrived in full is carried out,
/// whether its sender is still there or not.
/// </summary>
internal sealed class ApiGateway : IAsyncDisposable
{
    private readonly string writer;
    private readonly KubernetesClientConfiguration server;
    private readonly Ledger ledger;
    private readonly WebApplication web;
    private readonly HttpMessageInvoker upstream;
    private readonly X509Certificate2 certificate = GatewayCertificate.Create();
    private readonly CancellationTokenSource end = new();

    private ApiGateway(string writer, KubernetesClientConfiguration server, Ledger ledger)
    {
        (this.writer, this.server, this.ledger) = (writer, server, ledger);
        upstream = new HttpMessageInvoker(CreateHandler(server));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
        });
        web = builder.Build();
        web.Run(ServeAsync);
    }

    public string CertificatePem => certificate.ExportCertificatePem();

    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Called with each write that has arrived; it is carried out when that has completed.</summary>
    public Func<string, string, Task> OnTheWay { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Asked about each line of a watch, with the watch's path: true for one that never arrives.</summary>
    public Func<string, string, bool> Loses { get; set; } = static (_, _) => false;

    public static async Task<ApiGateway> StartAsync(string writer, KubernetesClientConfiguration server, Ledger ledger, CancellationToken ct)
    {
        var gateway = new ApiGateway(writer, server, ledger);
        await gateway.web.StartAsync(ct);
        gateway.Address = new IPEndPoint(IPAddress.Loopback, new Uri(gateway.web.Urls.Single()).Port);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await web.StopAsync(CancellationToken.None);
        await web.DisposeAsync();
        upstream.Dispose();
        certificate.Dispose();
        end.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(KubernetesClientConfiguration server)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (server.InsecureSkipTlsVerify)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || server.InsecureSkipTlsVerify;
        if (server.CertificateAuthorities is not { } authorities) return handler;

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method)) await ReadAsync(context);
        else await WriteAsync(context);
    }

    private async Task ReadAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end.Token);
        try
        {
            using var request = await ForwardableAsync(context, body: null);
            using var answer = await upstream.SendAsync(request, ended.Token);
            Begin(context, answer);
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.StartAsync(ended.Token);
            await using var body = await answer.Content.ReadAsStreamAsync(ended.Token);
            if (context.Request.Query["watch"] == "true") await PassLinesAsync(body, context, ended.Token);
            else await body.CopyToAsync(context.Response.Body, ended.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort();
        }
    }

    private async Task PassLinesAsync(Stream watch, HttpContext context, CancellationToken ct)
    {
        using var lines = new StreamReader(watch);
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            if (Loses(context.Request.Path.Value ?? "/", line)) continue;

            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), ct);
            await context.Response.Body.FlushAsync(ct);
        }
    }

    private async Task WriteAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var arrivedAt = ledger.Now;
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "/");
        await OnTheWay(method, path);
        using var request = await ForwardableAsync(context, body.ToArray());
        using var answer = await upstream.SendAsync(request, end.Token);
        var answered = await answer.Content.ReadAsByteArrayAsync(end.Token);
        ledger.Add(new LedgerEntry(
            writer, arrivedAt, ledger.Now, method, path, context.Request.Query.ContainsKey("dryRun"), (int)answer.StatusCode, Parse(body.ToArray()), Parse(answered)));
        Begin(context, answer);
        await context.Response.Body.WriteAsync(answered, context.RequestAborted);
    }

    private async Task<HttpRequestMessage> ForwardableAsync(HttpContext context, byte[]? body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(server.Server, target));
        foreach (var name in new[] { "Accept", "User-Agent" }) request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToString());
        request.Headers.Authorization = (await server.Credentials.GetAsync(end.Token)).Authorization;
        if (body is null) return request;

        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        return request;
    }

    private static void Begin(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.RetryAfter is { } retryAfter) context.Response.Headers.RetryAfter = retryAfter.ToString();
    }

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
