using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Caching;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Diagnostics;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Runs one definition: changes become keys, keys become reconciles, outcomes become delays.</summary>
internal sealed class Controller : IDisposable
{
    private readonly ControllerDefinition definition;
    private readonly InformerFactory informers;
    private readonly ControllerManagerOptions options;
    private readonly Jitter jitter;
    private readonly ILogger logger;
    private readonly WorkQueue queue;
    private readonly KeyValuePair<string, object?> label;

    public Controller(ControllerDefinition definition, InformerFactory informers, ControllerManagerOptions options)
    {
        this.definition = definition;
        this.informers = informers;
        this.options = options;
        jitter = new Jitter(options.Random);
        logger = options.LoggerFactory.CreateLogger<Controller>();
        queue = new WorkQueue(definition.Name, options.TimeProvider, options.Metrics, definition.Backoff);
        label = new("controller", definition.Name);
    }

    /// <summary>
    /// Works until <paramref name="stop"/>; reconciles under way may then finish, until <see cref="ControllerManagerOptions.FinishWithin"/> is over
    /// or <paramref name="abort"/> says otherwise.
    /// </summary>
    /// <exception cref="TimeoutException">Reconciles go on in spite of their cancellation.</exception>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using var reconciles = CancellationTokenSource.CreateLinkedTokenSource(abort);
        using var intake = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        var subscriptions = Subscribe();
        try
        {
            Log.ControllerStarted(logger, definition.Name, definition.Workers);
            var resync = ResyncAsync(intake.Token);
            var workers = WorkersAsync(intake.Token, reconciles.Token);
            // Workers end before the stop only by an error that a process had better not survive: with too few of them it would lead and do nothing.
            if (await Task.WhenAny(resync, workers) == workers)
                await workers;

            await resync;
            await FinishAsync(workers, reconciles);
            Log.ControllerStopped(logger, definition.Name);
        }
        finally
        {
            foreach (var subscription in subscriptions)
                subscription.Dispose();
        }
    }

    public void Dispose() => queue.Dispose();

    private List<IDisposable> Subscribe()
    {
        definition.Keys?.Subscribe(queue.Add);
        return [.. definition.Watches.Select(watch => informers.For(watch.EntityType).Subscribe((old, current) => AddKeys(watch, old, current)))];
    }

    private void AddKeys(WatchDefinition watch, IKubernetesObject? old, IKubernetesObject? current)
    {
        foreach (var key in watch.KeysFor(old, current))
            queue.Add(key);
    }

    private async Task ResyncAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await Task.Delay(jitter.Between(options.ResyncPeriod * 0.9, options.ResyncPeriod * 1.1), options.TimeProvider, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            foreach (var watch in definition.Watches)
            {
                foreach (var item in informers.For(watch.EntityType).Snapshot())
                    Resync(watch, item);
            }
        }
    }

    /// <summary>An object that cannot be mapped must not keep the others from being looked at again.</summary>
    private void Resync(WatchDefinition watch, IKubernetesObject item)
    {
        try
        {
            AddKeys(watch, old: null, item);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.HandlerFailed(logger, watch.EntityType.Name, NamespacedName.Of(item), error);
        }
    }

    private async Task FinishAsync(Task workers, CancellationTokenSource reconciles)
    {
        try
        {
            await workers.WaitAsync(options.FinishWithin, options.TimeProvider, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.ReconcilesCancelled(logger, definition.Name, options.FinishWithin);
            await reconciles.CancelAsync();
            await workers.WaitAsync(options.CancelWithin, options.TimeProvider, CancellationToken.None);
        }
    }

    /// <summary>Ends with the last worker, or with the first that fails.</summary>
    private async Task WorkersAsync(CancellationToken stop, CancellationToken abort)
    {
        await foreach (var ended in Task.WhenEach(Enumerable.Range(0, definition.Workers).Select(_ => WorkAsync(stop, abort))))
            await ended;
    }

    private async Task WorkAsync(CancellationToken stop, CancellationToken abort)
    {
        // Workers of a busy queue must not hold up the one who starts them.
        await Task.Yield();
        while (!stop.IsCancellationRequested && await queue.TakeAsync(stop) is { } key)
        {
            var started = options.TimeProvider.GetTimestamp();
            options.Metrics?.ActiveWorkers.Add(1, label);
            try
            {
                await ReconcileAsync(key, abort);
            }
            finally
            {
                options.Metrics?.ActiveWorkers.Add(-1, label);
                options.Metrics?.ReconcileTime.Record(options.TimeProvider.GetElapsedTime(started).TotalSeconds, label);
                queue.Done(key);
            }
        }
    }

    private async Task ReconcileAsync(NamespacedName key, CancellationToken abort)
    {
        try
        {
            Apply(key, await definition.Reconciler.ReconcileAsync(key, abort));
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            CountError();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Retry(key, error);
        }
    }

    private void Apply(NamespacedName key, ReconcileResult result)
    {
        switch (result)
        {
            case ReconcileResult.Done:
                queue.Forget(key);
                Count("success");
                break;
            case ReconcileResult.RequeueAfter(var delay):
                queue.Forget(key);
                queue.AddAfter(key, delay);
                Count("requeue_after");
                break;
            case ReconcileResult.RateLimited(var why):
                Count("requeue");
                Log.ReconcileConflicted(logger, definition.Name, key, queue.AddRateLimited(key), why);
                break;
            case ReconcileResult.TerminalError(var why):
                queue.Forget(key);
                CountError();
                options.Metrics?.TerminalReconcileErrors.Add(1, label);
                Log.ReconcileTerminated(logger, definition.Name, key, why);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"no rule for {result}");
        }
    }

    /// <summary>A lost race is expected and told quietly; anything else is an error. Both are tried again with backoff.</summary>
    private void Retry(NamespacedName key, Exception error)
    {
        var refusal = error as KubernetesException;
        var delay = queue.AddRateLimited(key, refusal?.RetryAfter ?? TimeSpan.Zero);
        if (refusal is { IsConflict: true })
        {
            Count("requeue");
            Log.ReconcileConflicted(logger, definition.Name, key, delay, refusal.Message);
            return;
        }

        CountError();
        // An answer of the API server says what is wrong by itself; only for a defect of ours does it matter where in the code it arose.
        if (refusal is not null)
            Log.ReconcileRefused(logger, definition.Name, key, delay, refusal.Message);
        else
            Log.ReconcileFailed(logger, definition.Name, key, delay, error);
    }

    private void CountError()
    {
        Count("error");
        options.Metrics?.ReconcileErrors.Add(1, label);
    }

    private void Count(string result) => options.Metrics?.ReconcileTotal.Add(1, label, new KeyValuePair<string, object?>("result", result));
}
