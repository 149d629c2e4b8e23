using System.Net;
using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>The part of an API server that leader election needs: one lease, fenced by its version, and its watchers.</summary>
public sealed class LeaseServer
{
    private readonly Lock gate = new();
    private readonly List<ScriptedStream> watchers = [];
    private long version = 10;

    public V1Lease? Lease { get; private set; }

    public List<(string Method, TimeSpan At, string? Holder)> Writes { get; } = [];

    public int Reads { get; private set; }

    /// <summary>Clients of which the server hears nothing.</summary>
    public HashSet<string> Partitioned { get; } = [];

    /// <summary>Answers instead of the server; null lets it answer.</summary>
    public Func<SeenRequest, HttpResponseMessage?> Fault { get; set; } = static _ => null;

    /// <summary>Requests that are swallowed.</summary>
    public Func<SeenRequest, bool> Silence { get; set; } = static _ => false;

    /// <summary>Watches that are open stay open, and nothing comes over them any more.</summary>
    public void LoseWatches()
    {
        lock (gate)
        {
            watchers.Clear();
        }
    }

    /// <summary>The server as one client sees it.</summary>
    public ScriptedApi For(string client, Func<TimeSpan> now)
    {
        var api = new ScriptedApi();
        api.Otherwise = async (request, ct) =>
        {
            if (Partitioned.Contains(client) || Silence(request))
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

            return Fault(request) ?? Answer(request, now());
        };
        return api;
    }

    /// <summary>Somebody else writes the lease.</summary>
    public void Put(V1LeaseSpec spec)
    {
        lock (gate)
        {
            Store(new V1Lease { Metadata = new() { Namespace = "ops", Name = "it", Uid = "u" }, Spec = spec });
        }
    }

    /// <summary>Somebody labels or annotates the lease; what it says stays the same.</summary>
    public void Touch()
    {
        lock (gate)
        {
            Store(Lease!);
        }
    }

    /// <summary>Somebody deletes the lease.</summary>
    public void Delete()
    {
        lock (gate)
        {
            var last = Lease! with { Metadata = Lease.Metadata with { ResourceVersion = $"{++version}" } };
            Lease = null;
            foreach (var watcher in watchers)
                watcher.Line(Event("DELETED", Text(last)));
        }
    }

    private HttpResponseMessage Answer(SeenRequest request, TimeSpan now)
    {
        lock (gate)
        {
            if (request.Parameter("watch") is not null)
                return Watch();

            if (request.Method == "GET")
            {
                Reads++;
                return Lease is null
                    ? ScriptedApi.Answer(HttpStatusCode.NotFound, ScriptedApi.Status(404, "NotFound", "none", """{"name":"it"}"""))
                    : Ok(Lease);
            }

            var sent = JsonSerializer.Deserialize(request.Body, ModelsJsonContext.Default.V1Lease)!;
            if (request.Method == "PUT" && Lease is null)
                return ScriptedApi.Answer(HttpStatusCode.NotFound, ScriptedApi.Status(404, "NotFound", "none", """{"name":"it"}"""));

            if (request.Method == "POST" ? Lease is not null : sent.Metadata.ResourceVersion != Lease?.Metadata.ResourceVersion)
                return ScriptedApi.Answer(HttpStatusCode.Conflict, ScriptedApi.Status(409, request.Method == "POST" ? "AlreadyExists" : "Conflict"));

            Store(sent with { Metadata = sent.Metadata with { Uid = "u" } });
            Writes.Add((request.Method, now, sent.Spec!.HolderIdentity));
            return Ok(Lease!);
        }
    }

    private HttpResponseMessage Watch()
    {
        var stream = new ScriptedStream();
        watchers.Add(stream);
        if (Lease is not null)
            stream.Line(Event("ADDED", Text(Lease)));

        stream.Line(Event("BOOKMARK", $$$$"""{"metadata":{"resourceVersion":"{{{{version}}}}","annotations":{"k8s.io/initial-events-end":"true"}}}"""));
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) };
    }

    private void Store(V1Lease lease)
    {
        Lease = lease with { Metadata = lease.Metadata with { ResourceVersion = $"{++version}" } };
        foreach (var watcher in watchers)
            watcher.Line(Event("MODIFIED", Text(Lease)));
    }

    private static string Event(string type, string item) => $$$"""{"type":"{{{type}}}","object":{{{item}}}}""";

    private static string Text(V1Lease lease) => JsonSerializer.Serialize(lease, ModelsJsonContext.Default.V1Lease);

    private static HttpResponseMessage Ok(V1Lease lease) => ScriptedApi.Answer(HttpStatusCode.OK, Text(lease));
}
