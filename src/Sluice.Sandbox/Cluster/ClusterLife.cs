using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.Cluster.Autoscaling;
using Sluice.Sandbox.Cluster.Deployments;
using Sluice.Sandbox.Cluster.Garbage;
using Sluice.Sandbox.Cluster.Jobs;
using Sluice.Sandbox.Cluster.Namespaces;
using Sluice.Sandbox.Cluster.Nodes;
using Sluice.Sandbox.Cluster.ReplicaSets;
using Sluice.Sandbox.Cluster.Services;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Sandbox.Cluster;

/// <summary>
/// What lives in a cluster beside its API server: the controllers of the built-in kinds and one simulated node. All of it are ordinary API
/// clients; it runs against the sandbox's API server as against any other.
/// </summary>
public sealed class ClusterLife
{
    private static readonly NamespacedName[] NoKeys = [];

    private readonly ClusterLifePorts _ports;
    private readonly ClusterLifeOptions _options;
    private readonly IReadOnlyList<CollectedKind> _kinds;

    /// <summary>Assembles; starts nothing.</summary>
    /// <param name="ports">How it reaches the API server.</param>
    /// <param name="options">Seed, timings, traffic.</param>
    /// <param name="kinds">Custom kinds whose ownership is followed at once; others are found by the sweep.</param>
    public ClusterLife(ClusterLifePorts ports, ClusterLifeOptions options, IEnumerable<CollectedKind> kinds)
    {
        (_ports, _options) = (ports, options);
        _kinds =
        [
            CollectedKind.Of<V1Pod>(), CollectedKind.Of<V1ReplicaSet>(), CollectedKind.Of<V1Deployment>(), CollectedKind.Of<V1Job>(),
            CollectedKind.Of<V1Service>(), CollectedKind.Of<V1EndpointSlice>(), CollectedKind.Of<V1Ingress>(), .. kinds,
        ];
        Traffic = new TrafficSimulation(ports.Time, options.Seed, options.Traffic);
        Definitions = [.. Controllers(), .. Node(), .. Collector()];
    }

    /// <summary>What runs: for a <c>ControllerManager</c> or the deterministic runtime.</summary>
    public IReadOnlyList<ControllerDefinition> Definitions { get; }

    /// <summary>The requests that the pods serve, for a <see cref="MetricsEndpoint"/> or a test.</summary>
    public TrafficSimulation Traffic { get; }

    /// <summary>Declares every kind that the definitions read; before the informers run.</summary>
    public void AddTo(InformerFactory informers)
    {
        ArgumentNullException.ThrowIfNull(informers);
        foreach (var kind in _kinds) kind.AddTo(informers);
        informers.Add<V1Namespace>();
        informers.Add<V1ServiceAccount>();
        informers.Add<V1Node>();
        informers.Add<V2HorizontalPodAutoscaler>();
    }

    private IEnumerable<ControllerDefinition> Controllers()
    {
        yield return Define("replicaset", new ReplicaSetReconciler(_ports), WatchDefinition.For<V1ReplicaSet>(), WatchDefinition.Mapped<V1Pod>(ReplicaSetsOf));
        yield return Define(
            "deployment",
            new DeploymentReconciler(_ports),
            WatchDefinition.For<V1Deployment>(),
            WatchDefinition.Mapped<V1ReplicaSet>(DeploymentsOf),
            new Disappearance<V1Pod>(DeploymentsOf));
        yield return Define("job", new JobReconciler(_ports), WatchDefinition.For<V1Job>(statusToo: true), WatchDefinition.Owned<V1Pod>("Job"));
        yield return Define(
            "endpointslice",
            new EndpointSliceReconciler(_ports),
            // A Service has no generation that a change of its selector would raise.
            WatchDefinition.For<V1Service>(statusToo: true),
            WatchDefinition.Owned<V1EndpointSlice>("Service"),
            WatchDefinition.Mapped<V1Pod>(pod => EndpointSliceReconciler.ServicesOf(_ports.Reader, pod)));
        yield return Define("horizontalpodautoscaler", new HorizontalPodAutoscalerReconciler(_ports, Traffic), WatchDefinition.For<V2HorizontalPodAutoscaler>(statusToo: true));
        yield return Define(
            "serviceaccount",
            new DefaultServiceAccount(_ports),
            WatchDefinition.For<V1Namespace>(),
            WatchDefinition.Mapped<V1ServiceAccount>(account => account.Metadata.Name == DefaultServiceAccount.Name ? [new NamespacedName("", account.Metadata.Namespace ?? "")] : NoKeys));
    }

    private IEnumerable<ControllerDefinition> Node()
    {
        var bound = WatchDefinition.Mapped<V1Pod>(pod => pod.Spec?.NodeName == _options.NodeName ? [NamespacedName.Of(pod)] : NoKeys);
        yield return Define("scheduler", new Scheduler(_ports, _options), WatchDefinition.For<V1Pod>());
        yield return Define("kubelet", new Kubelet(_ports, _options), bound);
        yield return Define("traffic", new TrafficReconciler(_ports.Reader, Traffic), bound);
        if (_options.Traffic.RouteInterval is { } interval)
        {
            yield return Define("routes", new RouteReconciler(_ports, Traffic, interval)) with { Keys = new StartupKey(RouteReconciler.Key) };
        }

        yield return Define("node", new NodeRegistration(_ports, _options), WatchDefinition.For<V1Node>()) with
        {
            Keys = new StartupKey(new NamespacedName("", _options.NodeName)),
        };
    }

    private IEnumerable<ControllerDefinition> Collector()
    {
        var catalog = new ResourceCatalog(_ports.Api, _ports.Time);
        var collector = new GarbageCollector(_ports, _kinds, catalog);
        yield return Define("garbagecollector", collector, [.. _kinds.Select(kind => kind.Watch)]);
        yield return Define("namespace", new NamespaceReconciler(_ports, catalog), WatchDefinition.For<V1Namespace>());
        if (_options.GarbageSweep is not { } interval) yield break;
        yield return Define("garbagesweep", new GarbageSweep(_ports, _kinds, collector, catalog, interval)) with { Keys = new StartupKey(GarbageSweep.Key) };
    }

    private static ControllerDefinition Define(string name, IReconciler reconciler, params WatchDefinition[] watches) =>
        new() { Name = name, Reconciler = new RetryLostRaces(reconciler), Watches = watches };

    /// <summary>The ReplicaSet that controls a pod; for an orphan all that select it, one of which will adopt it.</summary>
    private IEnumerable<NamespacedName> ReplicaSetsOf(V1Pod pod)
    {
        if (pod.Metadata.ControllerOwner() is { } owner) return owner.Kind == "ReplicaSet" ? [new NamespacedName(pod.Metadata.Namespace ?? "", owner.Name)] : NoKeys;
        return _ports.Reader.List<V1ReplicaSet>(pod.Metadata.Namespace ?? "", new Dictionary<string, string>())
            .Where(item => item.Spec?.Selector.Selects(pod.Metadata) == true).Select(item => NamespacedName.Of(item));
    }

    private IEnumerable<NamespacedName> DeploymentsOf(V1ReplicaSet replicaSet)
    {
        if (replicaSet.Metadata.ControllerOwner() is { } owner)
        {
            return owner.Kind == "Deployment" ? [new NamespacedName(replicaSet.Metadata.Namespace ?? "", owner.Name)] : NoKeys;
        }

        return _ports.Reader.List<V1Deployment>(replicaSet.Metadata.Namespace ?? "", new Dictionary<string, string>())
            .Where(item => item.Spec?.Selector.Selects(replicaSet.Metadata) == true).Select(item => NamespacedName.Of(item));
    }

    /// <summary>A Recreate waits for the last old pod.</summary>
    private IEnumerable<NamespacedName> DeploymentsOf(V1Pod pod) => ReplicaSetsOf(pod)
        .Select(key => _ports.Reader.Get<V1ReplicaSet>(key))
        .OfType<V1ReplicaSet>()
        .SelectMany(DeploymentsOf);
}
