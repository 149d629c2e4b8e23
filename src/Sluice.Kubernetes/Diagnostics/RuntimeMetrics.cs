using System.Diagnostics.Metrics;

namespace Sluice.Kubernetes.Diagnostics;

/// <summary>
/// The instruments of the client and the controller runtime, under the names that every Kubernetes controller uses.
/// One per process; collect it by <see cref="MeterName"/>. No label ever carries an object's name.
/// </summary>
public sealed class RuntimeMetrics : IDisposable
{
    public const string MeterName = "Sluice.Kubernetes";

    private readonly Meter meter = new(MeterName);

    public RuntimeMetrics()
    {
        RestClientRequests = meter.CreateCounter<long>("rest_client_requests_total", description: "Requests to the API server, by status code and method.");
        ReconcileTotal = meter.CreateCounter<long>("controller_runtime_reconcile_total", description: "Reconciles, by controller and result.");
        ReconcileErrors = meter.CreateCounter<long>("controller_runtime_reconcile_errors_total", description: "Reconciles that failed, by controller.");
        TerminalReconcileErrors = meter.CreateCounter<long>(
            "controller_runtime_terminal_reconcile_errors_total", description: "Reconciles that failed and are not tried again, by controller.");
        ReconcileTime = meter.CreateHistogram<double>("controller_runtime_reconcile_time_seconds", "s", "Duration of a reconcile, by controller.", advice: Buckets);
        ActiveWorkers = meter.CreateUpDownCounter<long>("controller_runtime_active_workers", description: "Workers that are reconciling now, by controller.");
        QueueDepth = meter.CreateUpDownCounter<long>("workqueue_depth", description: "Keys that wait, by queue.");
        QueueAdds = meter.CreateCounter<long>("workqueue_adds_total", description: "Keys added, by queue.");
        QueueRetries = meter.CreateCounter<long>("workqueue_retries_total", description: "Keys added again with backoff, by queue.");
        QueueDuration = meter.CreateHistogram<double>("workqueue_queue_duration_seconds", "s", "How long a key waited, by queue.", advice: Buckets);
        WorkDuration = meter.CreateHistogram<double>("workqueue_work_duration_seconds", "s", "How long a key was worked on, by queue.", advice: Buckets);
        LeaderElectionMasterStatus = meter.CreateGauge<int>("leader_election_master_status", description: "1 while this process leads, by lease.");
        WatchRestarts = meter.CreateCounter<long>("sluice_watch_restarts_total", description: "Watches opened again, by resource and cause.");
        MissedWatchEvents = meter.CreateCounter<long>(
            "sluice_watch_events_missed_total", description: "Objects whose cached state was wrong until it was compared with the server's, by resource.");
        UndecodableObjects = meter.CreateCounter<long>("sluice_undecodable_objects_total", description: "Objects that could not be read and were left out, by resource.");
        DroppedEvents = meter.CreateCounter<long>("sluice_dropped_events_total", description: "Kubernetes events that were not sent, by cause.");
    }

    internal Counter<long> RestClientRequests { get; }

    internal Counter<long> ReconcileTotal { get; }

    internal Counter<long> ReconcileErrors { get; }

    internal Counter<long> TerminalReconcileErrors { get; }

    internal Histogram<double> ReconcileTime { get; }

    internal UpDownCounter<long> ActiveWorkers { get; }

    internal UpDownCounter<long> QueueDepth { get; }

    internal Counter<long> QueueAdds { get; }

    internal Counter<long> QueueRetries { get; }

    internal Histogram<double> QueueDuration { get; }

    internal Histogram<double> WorkDuration { get; }

    internal Gauge<int> LeaderElectionMasterStatus { get; }

    internal Counter<long> WatchRestarts { get; }

    internal Counter<long> MissedWatchEvents { get; }

    internal Counter<long> UndecodableObjects { get; }

    internal Counter<long> DroppedEvents { get; }

    /// <summary>5 ms to 60 s: a reconcile is milliseconds, a queue under load seconds.</summary>
    private static InstrumentAdvice<double> Buckets { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    public void Dispose() => meter.Dispose();
}
