using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Benchmarks.Setup;

/// <summary>Answers every query as Prometheus does, with one number that can change between two queries.</summary>
internal sealed class MetricSource : IAsyncDisposable
{
    private readonly WebApplication web;
    private double answer = 0.1;

    private MetricSource(WebApplication web) => this.web = web;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public double Value
    {
        get => Volatile.Read(ref answer);
        set => Volatile.Write(ref answer, value);
    }

    public static async Task<MetricSource> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var source = new MetricSource(app);
        app.Run(source.AnswerAsync);
        await app.StartAsync(ct);
        source.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return source;
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return context.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $$$"""{"status":"success","data":{"resultType":"scalar","result":[{{{now}}},"{{{Value}}}"]}}"""), context.RequestAborted);
    }
}
