using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>A real API server's place on the network, on HTTP/1.1 or HTTP/2, that answers by a script and can break off in every way a server can.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<HttpContext, Task>> script = new();
    private readonly WebApplication application;
    private readonly CancellationTokenSource ended = new();

    private LocalServer(WebApplication application) => this.application = application;

    public Uri Address => new(application.Urls.Single());

    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string> Connections { get; } = new();

    public static async Task<LocalServer> StartAsync(HttpProtocols protocol, X509Certificate2 certificate, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().UseShutdownTimeout(TimeSpan.FromMilliseconds(500)).ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = protocol;
                listen.UseHttps(certificate);
            }));
        var server = new LocalServer(builder.Build());
        server.application.Run(server.AnswerAsync);
        await server.application.StartAsync();
        return server;
    }

    public LocalServer Then(int code, string body, string mediaType = "application/json", params (string Name, string Value)[] headers) => Then(context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = mediaType;
        foreach (var (name, value) in headers)
            context.Response.Headers.Append(name, value);

        return context.Response.WriteAsync(body, context.RequestAborted);
    });

    public LocalServer Then(Func<HttpContext, Task> answer)
    {
        script.Enqueue(answer);
        return this;
    }

    /// <summary>Sends these lines and keeps the stream open without another word, as long as anybody listens.</summary>
    public LocalServer ThenLinesAndSilence(params string[] lines) => Then(async context =>
    {
        await SendAsync(context, [.. lines.Select(line => line + "\n")]);
        await UntilGoneAsync(context);
    });

    /// <summary>Sends a part and resets the connection or the stream.</summary>
    public LocalServer ThenBroken(params string[] pieces) => Then(async context =>
    {
        await SendAsync(context, pieces);
        context.Abort();
    });

    /// <summary>Sends nothing at all, not even headers.</summary>
    public LocalServer ThenSilence() => Then(UntilGoneAsync);

    public static async Task SendAsync(HttpContext context, params IReadOnlyList<string> pieces)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync(context.RequestAborted);
        }

        foreach (var piece in pieces)
        {
            await context.Response.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    public Task UntilRequests(int count) => Eventually.True(() => Requests.Count >= count, $"{count} requests, not {string.Join(' ', Requests)}");

    /// <summary>Ends as a server does that is restarted: no new connections, GOAWAY on those of HTTP/2, and what still runs is cut off.</summary>
    public Task StopAsync() => application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await application.DisposeAsync();
        ended.Dispose();
    }

    private async Task UntilGoneAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ended.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The client hung up, or the test is over.
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        Connections.Enqueue($"{context.Request.Protocol} {context.Connection.Id}");
        if (script.TryDequeue(out var answer))
            await answer(context);
        else
            await UntilGoneAsync(context);
    }
}
