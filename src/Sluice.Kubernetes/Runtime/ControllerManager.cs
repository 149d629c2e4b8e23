using Sluice.Kubernetes.Caching;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Runs controllers over the caches of a process.</summary>
public sealed class ControllerManager(InformerFactory informers, IReadOnlyList<ControllerDefinition> controllers, ControllerManagerOptions options)
{
    /// <summary>
    /// Runs until <paramref name="stop"/> is cancelled and every reconcile has ended. The informers are started unless they run already,
    /// as those of a standby do; no reconcile begins before every cache holds a complete state.
    /// </summary>
    /// <exception cref="TimeoutException">Reconciles go on in spite of their cancellation: this process must not say that it stopped writing.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var caches = new CancellationTokenSource();
        var caching = informers.RunAsync(caches.Token);
        var abort = options.Gate?.Closed ?? CancellationToken.None;
        var running = controllers.Select(definition => new Controller(definition, informers, options)).ToList();
        try
        {
            using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
            var synced = informers.WaitForSyncAsync(failed.Token);
            if (await Task.WhenAny(synced, caching) == caching)
                await caching;

            await synced;
            List<Task> work = [.. running.Select(controller => controller.RunAsync(failed.Token, abort))];
            await foreach (var ended in Task.WhenEach([caching, .. work]))
            {
                if (ended == caching || ended.IsFaulted)
                    await failed.CancelAsync();

                if (work.TrueForAll(controller => controller.IsCompleted))
                    break;
            }

            await Task.WhenAll(work);
            if (caching.IsFaulted)
                await caching;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || abort.IsCancellationRequested)
        {
            // Stopped before the caches were complete: nothing was under way.
        }
        finally
        {
            await caches.CancelAsync();
            running.ForEach(controller => controller.Dispose());
        }
    }
}
