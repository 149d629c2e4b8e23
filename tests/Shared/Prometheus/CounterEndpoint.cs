using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Testing.Prometheus;

/// <summary>
/// Stands for the pods of a service: serves http_requests_total of each, labelled with namespace, pod and code, as the pods' own exporters would.
/// </summary>
internal sealed class CounterEndpoint : IAsyncDisposable
{
    public const string Counter = "http_requests_total";
    public const string Namespace = "shop";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Pod, string Code), double> _counters = [];
    private readonly WebApplication _app;

    private int _scrapes;

    private CounterEndpoint(WebApplication app) => _app = app;

    /// <summary>Scrapes answered so far.</summary>
    public int Scrapes => Volatile.Read(ref _scrapes);

    /// <summary>host:port, as a scrape target.</summary>
    public string Target { get; private set; } = "";

    /// <summary>How long a scrape takes.</summary>
    public TimeSpan ScrapeDuration { get; set; }

    public static async Task<CounterEndpoint> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new CounterEndpoint(app);
        app.MapGet("/metrics", endpoint.ServeAsync);
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        endpoint.Target = new Uri(address).Authority;
        return endpoint;
    }

    public void Add(string pod, string code, double count)
    {
        lock (_lock) _counters[(pod, code)] = _counters.GetValueOrDefault((pod, code)) + count;
    }

    /// <summary>As after a restart of the container.</summary>
    public void Reset(string pod)
    {
        lock (_lock)
        {
            foreach (var key in _counters.Keys.Where(key => key.Pod == pod).ToList()) _counters[key] = 0;
        }
    }

    public void Remove(string pod)
    {
        lock (_lock)
        {
            foreach (var key in _counters.Keys.Where(key => key.Pod == pod).ToList()) _counters.Remove(key);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var duration = ScrapeDuration;
        if (duration > TimeSpan.Zero) await Task.Delay(duration, TimeProvider.System, context.RequestAborted);

        var text = new StringBuilder($"# TYPE {Counter} counter\n");
        lock (_lock)
        {
            foreach (var ((pod, code), count) in _counters)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Counter}{{namespace=\"{Namespace}\",pod=\"{pod}\",code=\"{code}\"}} {count}\n");
            }
        }

        context.Response.ContentType = "text/plain; version=0.0.4";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
        Interlocked.Increment(ref _scrapes);
    }
}
