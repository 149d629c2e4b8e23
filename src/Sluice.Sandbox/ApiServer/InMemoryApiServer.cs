using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Kinds;
using Sluice.Sandbox.ApiServer.Resources;
using Sluice.Sandbox.ApiServer.Rest;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Sandbox.ApiServer;

/// <summary>How a server is set up.</summary>
public sealed record ApiServerOptions
{
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of UIDs and generated names.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Of which API groups creates, updates and patches are accounted for in managedFields, as a cluster does of all. Without it writes take a third of the time,
    /// and an apply conflicts with other applies only: for simulations in which nobody asks who owns what of those kinds.
    /// </summary>
    public Func<string, bool> TracksUpdateManagers { get; init; } = _ => true;

    /// <summary>Changes of one resource that watches can begin before; older ones answer 410.</summary>
    public int HistoryLimit { get; init; } = 8192;

    /// <summary>What the server begins with; null for the namespaces of every cluster alone. Watches and lists from versions before it answer 410.</summary>
    public ApiServerImage? Image { get; init; }
}

/// <summary>
/// A Kubernetes API server in memory. It does no I/O and starts no task: a request is carried out on the caller's thread, in full, before
/// <see cref="Handle"/> returns. Safe to call from many threads; requests are carried out one after the other.
/// </summary>
public sealed class InMemoryApiServer
{
    private readonly Lock _gate = new();
    private readonly ObjectStore _store;
    private readonly IdSource _ids;
    private readonly TimeProvider _time;
    private readonly ResourceRegistry _registry = new();
    private readonly Discovery _discovery;
    private readonly Router _router;

    public InMemoryApiServer(ApiServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var time = _time = options.TimeProvider;
        _ids = new IdSource(options.Seed);
        _store = new ObjectStore(options.HistoryLimit);
        var logs = new PodLogs();
        var committer = new ObjectCommitter(_store);
        var remover = new ObjectRemover(committer, time);
        var writer = new ObjectWriter(committer, new CreationGuard(_store), time, _ids, options.TracksUpdateManagers);
        var encoder = new ResponseEncoder(time);
        var resources = new ResourceEndpoint(new ObjectReader(_store, _gate, time, encoder), writer, remover, encoder, time);
        var registrar = new CustomResourceRegistrar(_registry, _store, committer, remover, time);
        _discovery = new Discovery(_registry, new OpenApiEndpoint(_registry));
        _router = new Router(
            _registry, resources, new ScaleEndpoint(writer, encoder, time), new PodEndpoint(_store, _gate, writer, remover, logs, time),
            new NamespaceEndpoint(writer, encoder), new Reviews(time));
        committer.Observer = write => Hooks.Committed?.Invoke(write);
        committer.Reaction = (type, change) =>
        {
            registrar.React(type, change);
            if (type is not { Group: "", Plural: "pods" }) return;
            if (change.Type == WatchEventType.Deleted) logs.Forget(change.After.Namespace, change.After.Name);
            logs.Changed(change.After.Namespace, change.After.Name);
        };
        new BuiltinKinds(_store).Register(_registry);
        if (options.Image is { } image) Restore(image);
        else CreateNamespaces();
    }

    /// <summary>Where tests look in and interfere.</summary>
    public ApiServerHooks Hooks { get; } = new();

    /// <summary>Version of the newest write.</summary>
    public long ResourceVersion
    {
        get
        {
            lock (_gate) return _store.ResourceVersion;
        }
    }

    /// <summary>How many identities were drawn: of UIDs and generated names, also of what was refused in the end.</summary>
    public ulong IdentitiesDrawn
    {
        get
        {
            lock (_gate) return _ids.Drawn;
        }
    }

    /// <summary>Answers a request. Throws only what a hook throws.</summary>
    public ApiResponse Handle(ApiRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            if (Hooks.BeforeCommit?.Invoke(request) is { } substitute) return substitute;
            var response = Negotiation.InPreferredLanguage(request.Accept, Answer(request));
            if (Hooks.AfterCommit?.Invoke(request, response) is not { } replaced) return response;
            if (!ReferenceEquals(replaced.Stream, response.Stream)) response.Stream?.Dispose();
            return replaced;
        }
    }

    /// <summary>A copy of a stored object of a resource (<c>pods</c>, <c>rollouts.sluice.dev</c>), in its stored version; null where there is none.</summary>
    public JsonObject? Find(string groupResource, string @namespace, string name)
    {
        lock (_gate) return _store.Resource(groupResource).Find(@namespace, name)?.Value.Copy();
    }

    /// <summary>Copies of all stored objects of a resource, by namespace and name.</summary>
    public IReadOnlyList<JsonObject> List(string groupResource)
    {
        lock (_gate) return [.. _store.Resource(groupResource).List(null).Select(item => item.Value.Copy())];
    }

    /// <summary>All contents as they are now, for other servers to begin with.</summary>
    public ApiServerImage Image()
    {
        lock (_gate)
        {
            var stored = _store.All.SelectMany(pair => pair.Store.List(null).Select(item => (pair.Resource, item))).OrderBy(pair => pair.item.ResourceVersion);
            return new ApiServerImage(_time.GetUtcNow(), _store.ResourceVersion, _ids.Drawn, [.. stored], [.. _registry.All.Where(type => type.IsCustom)]);
        }
    }

    /// <summary>Forgets all history up to now: watches and lists from older versions answer 410.</summary>
    public void Compact()
    {
        lock (_gate) _store.Compact(_store.ResourceVersion);
    }

    private ApiResponse Answer(ApiRequest request)
    {
        try
        {
            if (RequestPath.Parse(request.Path) is { } path && (path.Group.Length > 0 || path.Version == "v1")) return _router.Route(request, path);
            return _discovery.Answer(request) ?? ApiResponse.Text(404, "404 page not found\n");
        }
        catch (StatusException failure)
        {
            return ApiResponse.Failure(failure.Status);
        }
    }

    private void Restore(ApiServerImage image)
    {
        _ids.Skip(image.Drawn);
        _store.Restore(image.ResourceVersion, image.Stored);
        foreach (var type in image.CustomTypes) _registry.Add(type with { Store = _store.Resource(type.GroupResource) });
    }

    private void CreateNamespaces()
    {
        foreach (var name in (ReadOnlySpan<string>)["default", "kube-node-lease", "kube-public", "kube-system"])
        {
            var body = new JsonObject { ["kind"] = "Namespace", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };
            Answer(new ApiRequest("POST", "/api/v1/namespaces") { UserAgent = "kube-apiserver/v1.36.4", Body = body.ToUtf8Bytes() });
        }
    }
}
