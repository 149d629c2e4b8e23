using System.Collections.Concurrent;
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
    private static readonly ConcurrentDictionary<Type, string> Resources = new();

    private readonly VirtualRuntime _runtime;
    private readonly ControllerSetOptions _options;
    private readonly ClusterState _view;
    private readonly WriteGate _gate;
    private readonly List<VirtualController> _controllers = [];
    private readonly Dictionary<string, List<(VirtualController Controller, WatchDefinition Watch)>> _watches = [];
    private readonly Queue<(StateChange Change, DateTimeOffset At)> _pending = new();
    private readonly Queue<StateChange> _held = new();
    private readonly Queue<(StateChange Change, DateTimeOffset At)> _lost = new();
    private readonly Dictionary<(string Resource, NamespacedName Key), long> _orders = [];
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

    public DateTimeOffset? NextDelivery =>
        (_pending.TryPeek(out var next), _lost.TryPeek(out var lost)) switch
        {
            (true, true) => next.At < lost.At ? next.At : lost.At,
            (true, false) => next.At,
            (false, true) => lost.At,
            _ => null,
        };

    /// <summary>Whether the view is what is stored, and no event of it is under way any more that could change that.</summary>
    public bool IsUpToDate => _pending.Count == 0 && _held.Count == 0 && _lost.All(lost => IsOvertaken(lost.Change));

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
        var fate = _options.Fate?.Invoke(change.Resource, change.Key) ?? EventFate.Arrives;
        if (fate == EventFate.IsLost)
        {
            _lost.Enqueue((change, now + _options.Repair));
            return;
        }

        var at = now + (_options.Lag?.Invoke(change.Resource, change.Key) ?? TimeSpan.Zero);
        if (at < _lastDelivery) at = _lastDelivery;
        _lastDelivery = at;
        _pending.Enqueue((change, at));
        if (fate == EventFate.ArrivesTwice) _pending.Enqueue((change, at));
    }

    /// <summary>Brings the view up to this moment and queues the keys that the changes concern.</summary>
    public void Deliver(DateTimeOffset now)
    {
        for (var held = _held.Count; held > 0; held--) Take(_held.Dequeue());
        while (_pending.TryPeek(out var next) && next.At <= now)
        {
            _pending.Dequeue();
            Take(next.Change);
        }

        while (_lost.TryPeek(out var lost) && lost.At <= now)
        {
            _lost.Dequeue();
            if (!IsOvertaken(lost.Change)) Take(lost.Change);
        }
    }

    public void Dispose()
    {
        IsRemoved = true;
        Client.Dispose();
        _gate.Dispose();
    }

    private static string ResourceOf(Type type) => Resources.GetOrAdd(type, static of => of.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity
        ? ClusterState.ResourceOf(entity.Group, entity.PluralName)
        : throw new InvalidOperationException($"{of.Name} has no [KubernetesEntity]"));

    /// <summary>Whether the view has a later change of the same object already.</summary>
    private bool IsOvertaken(StateChange change) => change.Order <= _orders.GetValueOrDefault((change.Resource, change.Key));

    /// <summary>Takes a change into the view, or keeps it while its resource is held back.</summary>
    private void Take(StateChange change)
    {
        if (_options.HoldsBack?.Invoke(change.Resource) == true)
        {
            _held.Enqueue(change);
            return;
        }

        if (_options.Fate is not null) _orders[(change.Resource, change.Key)] = change.Order;
        var before = _view.Apply(change);
        if (!_watches.TryGetValue(change.Resource, out var watchers)) return;
        foreach (var (controller, watch) in watchers) Notify(controller, watch, before, change.Version);
    }

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
