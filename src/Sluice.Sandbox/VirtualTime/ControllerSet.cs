using System.Reflection;
using System.Text.Json;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>
/// The controllers of one simulated process with the view they share: a copy of the cluster's state that follows the writes in their
/// order, at once or late.
/// </summary>
internal sealed class ControllerSet : IDisposable
{
    private readonly VirtualRuntime _runtime;
    private readonly ControllerSetOptions _options;
    private readonly ClusterState _view;
    private readonly WriteGate _gate;
    private readonly List<VirtualController> _controllers = [];
    private readonly Dictionary<string, List<(VirtualController Controller, WatchDefinition Watch)>> _watches = [];
    private readonly Queue<(StateChange Change, DateTimeOffset At)> _pending = new();
    private DateTimeOffset _lastDelivery = DateTimeOffset.MinValue;

    public ControllerSet(string name, VirtualRuntime runtime, ClusterState view, KubernetesClient client, ControllerSetOptions options)
    {
        (Name, _runtime, _view, _options, Client) = (name, runtime, view, options, client);
        _gate = WriteGate.AlwaysOpen(runtime.Time);
        Environment = new ControllerEnvironment(new ViewReader(view, client), new ClusterWriter(client, _gate), client, runtime.Time);
    }

    public string Name { get; }

    public KubernetesClient Client { get; }

    public ControllerEnvironment Environment { get; }

    public IReadOnlyList<VirtualController> Controllers => _controllers;

    public bool IsRemoved { get; private set; }

    public DateTimeOffset? NextDelivery => _pending.TryPeek(out var next) ? next.At : null;

    /// <summary>Starts the controllers: each watch begins with everything that exists, as an informer's first list does.</summary>
    public void Start(IEnumerable<ControllerDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            var controller = new VirtualController(this, definition);
            _controllers.Add(controller);
            definition.Keys?.Subscribe(key => Enqueue(controller, key));
            foreach (var watch in definition.Watches)
            {
                var resource = ResourceOf(watch.EntityType);
                if (!_watches.TryGetValue(resource, out var watchers)) _watches.Add(resource, watchers = []);
                watchers.Add((controller, watch));
                foreach (var (_, version) in _view.All(resource)) Notify(controller, watch, null, version);
            }
        }
    }

    /// <summary>Schedules a committed write for this view; a later write never overtakes an earlier one.</summary>
    public void Announce(StateChange change, DateTimeOffset now)
    {
        var at = now + (_options.Lag?.Invoke(change.Resource, change.Key) ?? TimeSpan.Zero);
        if (at < _lastDelivery) at = _lastDelivery;
        _lastDelivery = at;
        _pending.Enqueue((change, at));
    }

    /// <summary>Brings the view up to this moment and queues the keys that the changes concern.</summary>
    public void Deliver(DateTimeOffset now)
    {
        while (_pending.TryPeek(out var next) && next.At <= now)
        {
            _pending.Dequeue();
            var before = _view.Apply(next.Change);
            if (!_watches.TryGetValue(next.Change.Resource, out var watchers)) continue;
            foreach (var (controller, watch) in watchers) Notify(controller, watch, before, next.Change.Version);
        }
    }

    public void Dispose()
    {
        IsRemoved = true;
        Client.Dispose();
        _gate.Dispose();
    }

    private static string ResourceOf(Type type) => type.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity
        ? ClusterState.ResourceOf(entity.Group, entity.PluralName)
        : throw new InvalidOperationException($"{type.Name} has no [KubernetesEntity]");

    private void Notify(VirtualController controller, WatchDefinition watch, ObjectVersion? before, ObjectVersion? after)
    {
        try
        {
            foreach (var key in watch.KeysFor(before?.As(watch.EntityType), after?.As(watch.EntityType))) Enqueue(controller, key);
        }
        catch (JsonException undecodable)
        {
            _runtime.Fail(controller, default, undecodable);
        }
    }

    private void Enqueue(VirtualController controller, NamespacedName key)
    {
        if (!IsRemoved) _runtime.Queue.Add(new QueuedKey(controller, key));
    }
}
