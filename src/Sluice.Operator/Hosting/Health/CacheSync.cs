using Microsoft.Extensions.Logging;
using Sluice.Kubernetes.Caching;

namespace Sluice.Operator.Hosting.Health;

/// <summary>Makes the process ready once its caches are complete, and says until then which are missing, by their names.</summary>
internal sealed class CacheSync(IReadOnlyDictionary<string, IInformer> informers, Uri server, Readiness readiness, TimeProvider time, ILogger<CacheSync> logger)
{
    /// <summary>An API server that answers is done within seconds; from then on a person wants to know.</summary>
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Completes when ready or stopped.</summary>
    public async Task ReportAsync(CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var synced = Task.WhenAll(informers.Values.Select(informer => informer.Synced));
        readiness.WaitFor(Hindrance());
        try
        {
            while (!await WaitAsync(synced, stop))
            {
                readiness.WaitFor(Hindrance());
                HostingLog.NotReady(logger, time.GetElapsedTime(started).TotalSeconds, Hindrance());
            }

            readiness.Ready();
            HostingLog.Ready(logger, time.GetElapsedTime(started).TotalSeconds);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // There is nobody left to be ready for.
        }
    }

    private async Task<bool> WaitAsync(Task synced, CancellationToken stop)
    {
        try
        {
            await synced.WaitAsync(ReportPeriod, time, stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private string Hindrance()
    {
        var missing = informers.Where(informer => !informer.Value.Synced.IsCompleted).Select(informer => informer.Key);
        return $"waiting for the API server at {server.GetLeftPart(UriPartial.Path)}: no complete list yet of {string.Join(", ", missing)}";
    }
}
