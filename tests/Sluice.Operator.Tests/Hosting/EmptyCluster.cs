using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Operator.Tests.Hosting;

/// <summary>An API server as the operator's process sees one in which there is nothing: empty lists, watches without events, and leases.</summary>
internal sealed class EmptyCluster : IAsyncDisposable
{
    public const string Token = "planted-token-5f2b7c";

    private readonly ConcurrentDictionary<string, JsonObject> _leases = new();
    private readonly WebApplication _app;
    private int _version = 100;

    private EmptyCluster()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.Map("{**path}", ServeAsync);
    }

    public string Kubeconfig { get; } = Path.GetTempFileName();

    /// <summary>How long the server takes over each write of a lease.</summary>
    public TimeSpan LeaseWritesTake { get; set; }

    public JsonObject? Lease => _leases.Values.SingleOrDefault();

    public static async Task<EmptyCluster> StartAsync()
    {
        var cluster = new EmptyCluster();
        await cluster._app.StartAsync(TestContext.Current.CancellationToken);
        WriteKubeconfig(cluster.Kubeconfig, cluster._app.Urls.Single());
        return cluster;
    }

    public static void WriteKubeconfig(string file, string server) => File.WriteAllText(file, $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{ name: test, cluster: { server: "{{server}}" } }]
        users: [{ name: test, user: { token: {{Token}} } }]
        contexts: [{ name: test, context: { cluster: test, user: test, namespace: sluice-system } }]
        """);

    /// <summary>Another process takes the lease, whoever holds it.</summary>
    public void TakeLease(string holder)
    {
        var (path, lease) = _leases.Single();
        var taken = lease.DeepClone().AsObject();
        taken["spec"]!["holderIdentity"] = holder;
        Store(path, taken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(Kubeconfig);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.Contains("/leases", StringComparison.Ordinal) && !context.Request.Query.ContainsKey("watch")) await ServeLeaseAsync(context, path);
        else if (context.Request.Query.ContainsKey("sendInitialEvents")) await RefuseAsync(context, 422, "Invalid");
        else if (context.Request.Query.ContainsKey("watch")) await WatchAsync(context);
        else await AnswerAsync(context, new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["metadata"] = Metadata(), ["items"] = new JsonArray() });
    }

    private async Task ServeLeaseAsync(HttpContext context, string path)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            if (path.EndsWith("/leases", StringComparison.Ordinal))
                await AnswerAsync(context, new JsonObject { ["kind"] = "List", ["metadata"] = Metadata(), ["items"] = new JsonArray([.. _leases.Values.Select(lease => lease.DeepClone())]) });
            else if (_leases.TryGetValue(path, out var known)) await AnswerAsync(context, known);
            else await RefuseAsync(context, 404, "NotFound");
            return;
        }

        await Task.Delay(LeaseWritesTake, TimeProvider.System, context.RequestAborted);
        var lease = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        if (HttpMethods.IsPost(context.Request.Method)) path = $"{path}/{lease["metadata"]!["name"]}";
        else if ((string?)_leases[path]["metadata"]!["resourceVersion"] != (string?)lease["metadata"]!["resourceVersion"])
        {
            await RefuseAsync(context, 409, "Conflict");
            return;
        }

        await AnswerAsync(context, Store(path, lease));
    }

    private JsonObject Store(string path, JsonObject lease)
    {
        lease["metadata"]!["resourceVersion"] = $"{Interlocked.Increment(ref _version)}";
        return _leases[path] = lease;
    }

    private JsonObject Metadata() => new() { ["resourceVersion"] = $"{_version}" };

    private static async Task WatchAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        var ended = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(ended.SetResult);
        await ended.Task;
    }

    private static Task RefuseAsync(HttpContext context, int code, string reason)
    {
        context.Response.StatusCode = code;
        var name = context.Request.Path.Value!.Split('/')[^1];
        return AnswerAsync(context, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Failure",
            ["message"] = $"{name}: {reason}",
            ["reason"] = reason,
            ["details"] = new JsonObject { ["name"] = name },
            ["code"] = code,
        });
    }

    private static Task AnswerAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
