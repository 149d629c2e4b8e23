using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Operator.Tests.Metrics;

/// <summary>An HTTP server that answers as a test says, whether Prometheus would or not.</summary>
internal sealed class FakeSource : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSource(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public List<string> Paths { get; } = [];

    public static async Task<FakeSource> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var source = new FakeSource(app);
        app.Run(context =>
        {
            lock (source.Paths) source.Paths.Add(context.Request.Path);
            return answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        source.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return source;
    }

    public static RequestDelegate Json(string body, int status = 200) => Text(body, "application/json", status);

    public static RequestDelegate Text(string body, string type, int status = 200) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body, context.RequestAborted);
    };

    public static RequestDelegate Number(double value) =>
        Json($$$"""{"status":"success","data":{"resultType":"scalar","result":[1700000000,"{{{value}}}"]}}""");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
