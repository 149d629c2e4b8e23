using System.Threading.Channels;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// Keys that wait for a worker. A key waits once however often it is added, and is never with two workers: added while it is worked on, it comes again
/// when that is done. A delayed key keeps its earliest time, and no add cancels it; of keys that are due at one time the first that was asked for is the first.
/// </summary>
public sealed class WorkQueue : IDisposable
{
    /// <summary>Longer than that no answer of the server makes a key wait.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(1000);

    /// <summary>Far beyond any resync, and within what timers and timestamps can express.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(30);

    private readonly TimeProvider time;
    private readonly RuntimeMetrics? metrics;
    private readonly KeyBackoff backoff;
    private readonly KeyValuePair<string, object?> label;
    private readonly Lock gate = new();
    private readonly Channel<NamespacedName> ready = Channel.CreateUnbounded<NamespacedName>();
    private readonly Dictionary<NamespacedName, long> dirtySince = [];
    private readonly Dictionary<NamespacedName, long> processingSince = [];
    private readonly Dictionary<NamespacedName, int> failures = [];
    private readonly Dictionary<NamespacedName, long> delayedUntil = [];
    private readonly PriorityQueue<NamespacedName, (long Due, long Order)> delayed = new();
    private readonly ITimer timer;
    private long asked;

    /// <summary>An empty queue.</summary>
    /// <param name="name">A label of the metrics.</param>
    /// <param name="time">Times delays.</param>
    /// <param name="metrics">Null counts for nobody.</param>
    /// <param name="backoff">Null is <see cref="KeyBackoff.Default"/>.</param>
    public WorkQueue(string name, TimeProvider time, RuntimeMetrics? metrics = null, KeyBackoff? backoff = null)
    {
        this.time = time;
        this.backoff = backoff ?? KeyBackoff.Default;
        this.metrics = metrics;
        label = new("name", name);
        timer = time.CreateTimer(static queue => ((WorkQueue)queue!).AddDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many keys wait now; delayed ones do not count.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return dirtySince.Count;
            }
        }
    }

    /// <summary>The key is due now.</summary>
    public void Add(NamespacedName key)
    {
        lock (gate)
        {
            AddLocked(key);
        }
    }

    /// <summary>The key is due after a delay, or at the earlier time at which it is due already.</summary>
    public void AddAfter(NamespacedName key, TimeSpan delay)
    {
        lock (gate)
        {
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }

            var bounded = delay < LongestDelay ? delay : LongestDelay;
            var due = time.GetTimestamp() + (long)((Int128)bounded.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
            if (delayedUntil.TryGetValue(key, out var known) && known <= due)
                return;

            delayedUntil[key] = due;
            delayed.Enqueue(key, (due, asked++));
            SetTimer();
        }
    }

    /// <summary>
    /// The key is due after its backoff, which each call doubles, and no sooner than <paramref name="atLeast"/>, as far as that is within 1000 s. Returns the
    /// delay.
    /// </summary>
    public TimeSpan AddRateLimited(NamespacedName key, TimeSpan atLeast = default)
    {
        TimeSpan delay;
        lock (gate)
        {
            var before = failures.GetValueOrDefault(key);
            failures[key] = before + 1;
            delay = backoff.After(before);
        }

        metrics?.QueueRetries.Add(1, label);
        var bounded = atLeast < LongestAsked ? atLeast : LongestAsked;
        delay = delay > bounded ? delay : bounded;
        AddAfter(key, delay);
        return delay;
    }

    /// <summary>The key's backoff starts anew.</summary>
    public void Forget(NamespacedName key)
    {
        lock (gate)
        {
            failures.Remove(key);
        }
    }

    /// <summary>The next key, to be given back by <see cref="Done"/>; null once <paramref name="stop"/> is cancelled.</summary>
    public async ValueTask<NamespacedName?> TakeAsync(CancellationToken stop)
    {
        try
        {
            var key = await ready.Reader.ReadAsync(stop);
            lock (gate)
            {
                var now = time.GetTimestamp();
                dirtySince.Remove(key, out var since);
                processingSince[key] = now;
                metrics?.QueueDepth.Add(-1, label);
                metrics?.QueueDuration.Record(time.GetElapsedTime(since, now).TotalSeconds, label);
            }

            return key;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The worker is through with the key; if it was added meanwhile it waits again.</summary>
    public void Done(NamespacedName key)
    {
        lock (gate)
        {
            if (processingSince.Remove(key, out var since))
                metrics?.WorkDuration.Record(time.GetElapsedTime(since).TotalSeconds, label);

            if (dirtySince.ContainsKey(key))
                ready.Writer.TryWrite(key);
        }
    }

    public void Dispose() => timer.Dispose();

    private void AddLocked(NamespacedName key)
    {
        if (!dirtySince.TryAdd(key, time.GetTimestamp()))
            return;

        metrics?.QueueAdds.Add(1, label);
        metrics?.QueueDepth.Add(1, label);
        if (!processingSince.ContainsKey(key))
            ready.Writer.TryWrite(key);
    }

    private void AddDue()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (delayed.TryPeek(out var key, out var entry) && entry.Due <= now)
            {
                delayed.Dequeue();
                // An entry that a later, earlier-due one replaced is stale.
                if (delayedUntil.TryGetValue(key, out var current) && current == entry.Due)
                {
                    delayedUntil.Remove(key);
                    AddLocked(key);
                }
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (!delayed.TryPeek(out _, out var first))
            return;

        // Rounded up to whole milliseconds, the timer's resolution, so that it never fires just before the time.
        var wait = time.GetElapsedTime(time.GetTimestamp(), first.Due);
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }
}
