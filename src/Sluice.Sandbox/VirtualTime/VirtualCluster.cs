using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Kubernetes.Time;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.Sandbox.Hosting;
using Sluice.Sandbox.Cluster;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>
/// A whole cluster on one thread in virtual time: the API server, the life of the built-in kinds, and whatever controllers are added.
/// Nothing happens except inside <see cref="Step"/> and the methods that run it.
/// </summary>
public sealed class VirtualCluster : IDisposable
{
    /// <summary>The name of the process that runs the cluster's life.</summary>
    public const string LifeName = "cluster-life";

    // Views follow the writes themselves; only a list of many pages looks back.
    private const int HistoryLimit = 256;

    private static readonly IReadOnlyDictionary<string, string> AnyLabels = new Dictionary<string, string>();

    private readonly VirtualClusterOptions _options;
    private readonly JsonSerializerOptions _json;
    private readonly ClusterState _state = new();
    private readonly VirtualRuntime _runtime;
    private readonly List<Action<CommittedWrite>> _observers = [];
    private long _changes;

    public VirtualCluster(VirtualClusterOptions options)
    {
        _options = options;
        _json = KubernetesJson.Options(options.TypeInfoResolvers);
        Time = new VirtualTimeProvider(options.Image?.TakenAt ?? options.Start);
        _runtime = new VirtualRuntime(Time, options);
        Server = new InMemoryApiServer(new ApiServerOptions
        {
            TimeProvider = Time,
            Seed = (ulong)options.Seed,
            TracksUpdateManagers = options.TracksUpdateManagers,
            HistoryLimit = HistoryLimit,
            Image = options.Image,
        });
        foreach (var (resource, stored) in (options.Image ?? Server.Image()).Stored) Follow(resource, stored.Value, new ObjectVersion(stored.Value, stored.Json, _json));
        Server.Hooks.Committed += OnCommitted;
        Client = NewClient("kubectl", null);
        Kubectl = new VirtualKubectl(Client, Time);
        if (options.Life is not null) StartLife();
    }

    public VirtualTimeProvider Time { get; }

    public InMemoryApiServer Server { get; }

    /// <summary>A client beside all controllers: for what a person does.</summary>
    public KubernetesClient Client { get; }

    /// <summary>The same in few words, by YAML and JSON.</summary>
    public VirtualKubectl Kubectl { get; }

    /// <summary>The cluster's life; null where it was left out.</summary>
    public ClusterLife? Life { get; private set; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public long Reconciles => _runtime.Reconciles;

    /// <summary>The latest failed reconciles (at most 200), oldest first: lost races are not among them, they are retried silently.</summary>
    public IReadOnlyCollection<ReconcileFailure> Failures => _runtime.Failures;

    /// <summary>
    /// What is still to come, as text: who waits until when and how often it failed, all timers, and how many identities the API server has drawn. Two clusters with
    /// the same start, the same writes and the same in their processes' memories, and here, have the same future. Null while there is work to do, or an event to deliver.
    /// </summary>
    public string? Outlook() => _runtime.Outlook() is { } text ? $"{text}\n{Server.IdentitiesDrawn}" : null;

    /// <summary>Starts the cluster's life; again, after it was removed by its name.</summary>
    public void StartLife() =>
        AddControllers(LifeName, environment => Live(environment, _options.Life ?? new ClusterLifeOptions { GarbageSweep = null }), _options.LifeProcess);

    /// <summary>
    /// Calls <paramref name="observer"/> after every committed write, on the thread of the writer. What it throws ends the run: it comes
    /// out of the method that runs the cluster.
    /// </summary>
    public void Observe(Action<CommittedWrite> observer) => _observers.Add(observer);

    /// <summary>Starts a process of controllers; what exists already reaches them as a first list.</summary>
    /// <param name="name">Names the process; it is its user agent and field manager too.</param>
    /// <param name="build">Builds the controllers; never asked for a second set.</param>
    /// <param name="options">Lag and faults of this process; null for none.</param>
    public void AddControllers(string name, Func<ControllerEnvironment, IEnumerable<ControllerDefinition>> build, ControllerSetOptions? options = null)
    {
        if (_runtime.Sets.Any(known => known.Name == name)) throw new InvalidOperationException($"controllers named {name} run already");
        var faults = options ?? new ControllerSetOptions();
        var set = new ControllerSet(name, _runtime, _state.Copy(), NewClient(name, faults.WrapHandler), faults);
        _runtime.Add(set);
        set.Start(build(set.Environment));
    }

    /// <summary>Kills a process of controllers: nothing of it runs any more, and what only it knew is lost.</summary>
    public void RemoveControllers(string name)
    {
        var set = _runtime.Sets.FirstOrDefault(known => known.Name == name) ?? throw new InvalidOperationException($"no controllers named {name} run");
        _runtime.Remove(set);
    }

    /// <summary>Does the next thing: one reconcile, or moving the clock to the next moment at which something is due.</summary>
    /// <returns>False when nothing is ever due.</returns>
    public bool Step() => _runtime.Step(DateTimeOffset.MaxValue);

    /// <summary>
    /// From within a call of a process of controllers: one reconcile of another process comes in between. Caches, its own included, follow what was written
    /// meanwhile, as real ones do while a reconcile goes on.
    /// </summary>
    /// <param name="name">Of the process whose call it is.</param>
    /// <returns>False when no other process has anything to do at this moment.</returns>
    public bool StepBeside(string name) => _runtime.StepBeside(name);

    /// <summary>Runs until the condition holds.</summary>
    /// <exception cref="VirtualDeadlineException">It does not hold within <paramref name="deadline"/> of virtual time.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan deadline)
    {
        if (!TryRunUntil(condition, deadline)) throw new VirtualDeadlineException(Describe(deadline));
    }

    /// <summary>Runs until the condition holds; false when it does not within <paramref name="deadline"/> of virtual time.</summary>
    public bool TryRunUntil(Func<bool> condition, TimeSpan deadline)
    {
        var end = Now + deadline;
        while (!condition())
        {
            if (!_runtime.Step(end)) return false;
        }

        return true;
    }

    /// <summary>Runs for a span of virtual time and leaves the clock at its end.</summary>
    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        while (_runtime.Step(end))
        {
        }

        if (end > Now) Time.Advance(end - Now);
    }

    /// <summary>The object as it is stored now; null when there is none.</summary>
    public T? Get<T>(string ns, string name)
        where T : class, IKubernetesObject => _state.Get<T>(new NamespacedName(ns, name));

    /// <summary>The objects of a namespace as they are stored now, by name.</summary>
    public IReadOnlyList<T> List<T>(string ns)
        where T : class, IKubernetesObject => _state.List<T>(ns, AnyLabels);

    /// <summary>The same, with all of these labels.</summary>
    public IReadOnlyList<T> List<T>(string ns, params (string Key, string Value)[] labels)
        where T : class, IKubernetesObject => _state.List<T>(ns, labels.ToDictionary(label => label.Key, label => label.Value));

    public void Dispose()
    {
        foreach (var set in _runtime.Sets.ToList()) _runtime.Remove(set);
        Client.Dispose();
    }

    private IReadOnlyList<ControllerDefinition> Live(ControllerEnvironment environment, ClusterLifeOptions life)
    {
        IEventRecorder events = _options.LifeEvents ? new DirectEvents(Client, Time) : new NoEvents();
        var ports = new ClusterLifePorts(environment.Reader, environment.Writer, new RawApi(environment.Client), Time, events);
        Life = new ClusterLife(ports, life with { Seed = _options.Seed }, _options.CollectedKinds);
        return Life.Definitions;
    }

    private KubernetesClient NewClient(string name, Func<HttpMessageHandler, HttpMessageHandler>? wrap) => new(
        new KubernetesClientConfiguration { Server = new Uri("http://virtual") },
        new KubernetesClientOptions
        {
            TypeInfoResolvers = _options.TypeInfoResolvers,
            FieldManager = name,
            UserAgent = name,
            PrimaryHandler = new ApiServerHandler(Server),
            WrapHandler = wrap,
            TimeProvider = Time,
            Random = new Random(_options.Seed),

            // A Retry-After is never waited for inside a call: a reconcile must end on the spot, and its key's backoff does the waiting.
            MaxRetryAfter = TimeSpan.FromTicks(-1),
        });

    private void OnCommitted(CommittedWrite write)
    {
        Follow(ClusterState.ResourceOf(write.Group, write.Resource), write.After, write.Type == WatchEventType.Deleted ? null : new ObjectVersion(write.After, write.Json, _json));
        foreach (var observer in _observers)
        {
            try
            {
                observer(write);
            }
            catch (Exception violation) when (violation is not OutOfMemoryException)
            {
                _runtime.Violate(violation);
            }
        }
    }

    private void Follow(string resource, JsonObject value, ObjectVersion? version)
    {
        var metadata = value["metadata"] as JsonObject;
        var key = new NamespacedName((string?)metadata?["namespace"] ?? "", (string?)metadata?["name"] ?? "");
        var change = new StateChange(++_changes, resource, key, version);
        _state.Apply(change);
        _runtime.Announce(change);
    }

    private string Describe(TimeSpan deadline)
    {
        var due = _runtime.Queue.Delayed.OrderBy(item => item.At).Take(10)
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key.Controller.Name} {item.Key.Key} in {(item.At - Now).TotalSeconds:0.###} s"));
        var failures = Failures.TakeLast(5).Select(failure => $"{failure.Controller} {failure.Key}: {failure.Error.Message}");
        return $"""
            what was waited for did not come within {deadline} of virtual time
            now: {Now:O} after {Reconciles} reconciles
            due next: {string.Join("; ", due)}
            last failures: {string.Join("; ", failures)}
            """;
    }
}
