using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Kubernetes.Events;

/// <summary>
/// Sends events of events.k8s.io/v1 in the background: the first occurrence creates one, repetitions count it up. What does not fit into the queue
/// or an object's allowance, or is refused by the server, is dropped and counted: events explain, nothing rests on them.
/// </summary>
public sealed class EventRecorder : IEventRecorder
{
    private const int Attempts = 3;

    private readonly IClusterWriter writer;
    private readonly EventRecorderOptions options;
    private readonly EventSeries series;
    private readonly Channel<Occurrence> queue;
    private readonly ILogger logger;
    private long sequence;

    public EventRecorder(IClusterWriter writer, EventRecorderOptions options)
    {
        this.writer = writer;
        this.options = options;
        series = new EventSeries(options);
        queue = Channel.CreateBounded<Occurrence>(options.QueueCapacity);
        logger = options.LoggerFactory.CreateLogger<EventRecorder>();
    }

    public void Record(IKubernetesObject regarding, string type, string reason, string action, string note)
    {
        if (!queue.Writer.TryWrite(Occurrence.Of(regarding, type, reason, action, note, options.TimeProvider.GetUtcNow())))
            CountDropped("queue_full");
    }

    /// <summary>Sends until <paramref name="stop"/>, and then what still waits, as far as that is quickly done.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var occurrence in queue.Reader.ReadAllAsync(stop))
                await SendAsync(occurrence, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await DrainAsync();
        }
    }

    private async Task DrainAsync()
    {
        using var deadline = new CancellationTokenSource(options.DrainWithin, options.TimeProvider);
        try
        {
            while (queue.Reader.TryRead(out var occurrence))
                await SendAsync(occurrence, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            CountDropped("stopped");
        }
    }

    private async Task SendAsync(Occurrence occurrence, CancellationToken ct)
    {
        if (!series.TrySpend(occurrence.Key, occurrence.At))
        {
            CountDropped("spam");
            return;
        }

        try
        {
            if (series.Repeat(occurrence) is not { } repeated || !await CountUpAsync(occurrence, repeated, ct))
                await CreateAsync(occurrence, ct);
        }
        catch (KubernetesException error)
        {
            series.Forget(occurrence.Key);
            CountDropped("refused");
            Log.EventDropped(logger, occurrence.Key.Reason, occurrence.Key.Regarding, error.Message);
        }
    }

    /// <summary>False when the event has expired on the server meanwhile.</summary>
    private async Task<bool> CountUpAsync(Occurrence occurrence, EventSeries.Series repeated, CancellationToken ct)
    {
        var patch = new JsonObject
        {
            ["series"] = new JsonObject { ["count"] = repeated.Count, ["lastObservedTime"] = KubernetesTime.FormatMicro(occurrence.At) },
        };
        var body = KubernetesPatch.Merge(System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString()));
        var key = new NamespacedName(occurrence.Namespace, repeated.Name);
        try
        {
            await RetryAsync(() => writer.PatchAsync<EventsV1Event>(key, body, WriteOptions.Default, ct), ct);
            return true;
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            return false;
        }
    }

    private async Task CreateAsync(Occurrence occurrence, CancellationToken ct)
    {
        var created = occurrence.ToEvent(options, sequence++);
        try
        {
            await RetryAsync(() => writer.CreateAsync(created, WriteOptions.Default, ct), ct);
        }
        catch (KubernetesException error) when (error.IsAlreadyExists)
        {
            // An earlier attempt was committed without an answer.
        }

        series.Begin(occurrence, created.Metadata.Name!);
    }

    /// <summary>Both writes may be repeated: a create under the same name, a count set and not added to.</summary>
    private async Task RetryAsync(Func<Task> write, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await write();
                return;
            }
            catch (KubernetesException error) when (attempt < Attempts && MayPass(error))
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), options.TimeProvider, ct);
            }
        }
    }

    private static bool MayPass(KubernetesException error) => error.Reason != "NotLeading" && (error.IsUnknownOutcome || error.IsTooManyRequests || error.Code >= 500);

    private void CountDropped(string cause) => options.Metrics?.DroppedEvents.Add(1, new KeyValuePair<string, object?>("cause", cause));
}
