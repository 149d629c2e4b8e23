using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Events;
using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.Cluster.Nodes;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Sandbox.Cluster;

/// <summary>How the cluster's life runs as a process.</summary>
public sealed record ClusterLifeHostOptions
{
    public ClusterLifeOptions Life { get; init; } = new();

    /// <summary>Port of <c>/metrics</c> on 127.0.0.1; 0 takes a free one.</summary>
    public int MetricsPort { get; init; }

    /// <summary>Pods that ask for it run their command as a process of this machine, with the rights of this one.</summary>
    public bool RunsProcesses { get; init; }

    /// <summary>Replaces the network: an API server in the same process.</summary>
    public HttpMessageHandler? ApiServer { get; init; }

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>The cluster's life, running against an API server until disposed.</summary>
public sealed class ClusterLifeHost : IAsyncDisposable
{
    private const string Name = "cluster-life";

    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly WriteGate _gate;
    private readonly MetricsEndpoint _metrics;
    private readonly LocalContainers? _containers;

    private ClusterLifeHost(KubernetesClient client, WriteGate gate, MetricsEndpoint metrics, LocalContainers? containers) =>
        (_client, _gate, _metrics, _containers, Completion) = (client, gate, metrics, containers, Task.CompletedTask);

    /// <summary>Where the pods' request counters are served; the path is <c>/metrics</c>.</summary>
    public Uri MetricsAddress => _metrics.Address;

    /// <summary>Ends when the host is disposed; fails when the API server cannot be followed any more.</summary>
    public Task Completion { get; private set; }

    /// <summary>Starts; returns as soon as the metrics are served, while the controllers fill their caches.</summary>
    public static async Task<ClusterLifeHost> StartAsync(KubernetesClientConfiguration configuration, ClusterLifeHostOptions options, CancellationToken ct)
    {
        var client = new KubernetesClient(configuration, new KubernetesClientOptions
        {
            FieldManager = Name,
            UserAgent = Name,
            PrimaryHandler = options.ApiServer,
            LoggerFactory = options.LoggerFactory,
        });
        var informers = new InformerFactory(client, []);
        var gate = WriteGate.AlwaysOpen(TimeProvider.System);
        var writer = new ClusterWriter(client, gate);
        var events = new EventRecorder(writer, new EventRecorderOptions
        {
            ReportingController = Name,
            ReportingInstance = options.Life.NodeName,
            LoggerFactory = options.LoggerFactory,
        });
        var containers = options.RunsProcesses ? new LocalContainers(TimeProvider.System) : null;
        var ports = new ClusterLifePorts(new CachedClusterReader(informers, client), writer, new RawApi(client), TimeProvider.System, events) { Containers = containers };
        var life = new ClusterLife(ports, options.Life, []);
        life.AddTo(informers);
        var host = new ClusterLifeHost(client, gate, await MetricsEndpoint.StartAsync(life.Traffic, options.MetricsPort, ct), containers);
        host.Completion = host.RunAsync(informers, life.Definitions, events, options.LoggerFactory);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Completion;
        if (_containers is not null) await _containers.DisposeAsync();
        await _metrics.DisposeAsync();
        _client.Dispose();
        _gate.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(InformerFactory informers, IReadOnlyList<ControllerDefinition> definitions, EventRecorder events, ILoggerFactory logs)
    {
        // Events are sent until the last reconcile has ended: the recorder is stopped after the controllers.
        using var recording = new CancellationTokenSource();
        var recorder = events.RunAsync(recording.Token);
        await new ControllerManager(informers, definitions, new ControllerManagerOptions { LoggerFactory = logs }).RunAsync(_stop.Token);
        await recording.CancelAsync();
        await recorder;
    }
}
