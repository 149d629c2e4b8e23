using System.Diagnostics;
using Sluice.Kubernetes.Time;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>Waiting on the state of the world, with a deadline that only a hang reaches.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task True(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            (watch.Elapsed < Deadline).ShouldBeTrue($"waited {Deadline} until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    /// <summary>Advances the virtual clock in small steps until the condition holds; returns how much virtual time that took.</summary>
    public static async Task<TimeSpan> Advancing(VirtualTimeProvider time, Func<bool> condition, string what, TimeSpan? step = null, TimeSpan? limit = null)
    {
        var from = time.Elapsed;
        var most = limit ?? TimeSpan.FromHours(1);
        while (!condition())
        {
            (time.Elapsed - from < most).ShouldBeTrue($"advanced {most} until {what}");
            time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Settle();
        }

        return time.Elapsed - from;
    }

    /// <summary>
    /// Lets continuations that are ready run, until the thread pool has nothing to do but this. Tests run one after the other, so that its work is theirs;
    /// a condition that needs more than this is waited for instead.
    /// </summary>
    public static async Task Settle()
    {
        const int itemsOfThisLoop = 3;
        for (var turn = 0; turn < 200; turn++)
        {
            var before = ThreadPool.CompletedWorkItemCount;
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            if (ThreadPool.PendingWorkItemCount == 0 && ThreadPool.CompletedWorkItemCount - before <= itemsOfThisLoop)
                return;
        }
    }
}
