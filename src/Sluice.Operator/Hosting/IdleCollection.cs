using Microsoft.Extensions.Hosting;
using Sluice.Kubernetes.Client;

namespace Sluice.Operator.Hosting;

/// <summary>
/// Gives memory back once a burst of work is over. A collector collects because memory is asked for, so a process that has nothing more to do keeps the garbage of
/// its busiest moment, a start or ten thousand releases, for as long as it has nothing to do. One blocking collection a burst, at a moment in which nobody waits.
/// </summary>
internal sealed class IdleCollection(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Bytes allocated between two looks by probes, scrapes and renewals of the lease; a reconcile or a measurement now and then is within it too.</summary>
    private const long Quiet = 512 * 1024;

    /// <summary>Bytes allocated since the last collection of this kind that make another one worth its pause.</summary>
    private const long Worthwhile = 4 * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        var (before, collected) = (GC.GetTotalAllocatedBytes(), 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            if (allocated - before < Quiet && allocated - collected > Worthwhile)
            {
                KubernetesJson.ForgetShared();
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                NativeHeap.Trim();
                collected = allocated;
            }

            before = allocated;
        }
    }
}
