using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Leadership;

/// <summary>
/// The lease as last seen, and when it last changed by the local monotonic clock. Nobody's wall clock decides: a lease has expired when it stayed
/// the same for as long as it says itself.
/// </summary>
internal sealed class ObservedLease(TimeProvider time)
{
    private readonly Lock gate = new();
    private V1Lease? lease;
    private long changedAt = time.GetTimestamp();
    private TaskCompletionSource changed = New();

    public V1Lease? Lease
    {
        get
        {
            lock (gate)
            {
                return lease;
            }
        }
    }

    /// <summary>Completes with the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return changed.Task;
            }
        }
    }

    /// <summary>Takes over what was read or watched; null when the lease does not exist.</summary>
    public void Observe(V1Lease? current)
    {
        TaskCompletionSource tell;
        lock (gate)
        {
            if (current?.Metadata.Uid == lease?.Metadata.Uid && current?.Metadata.ResourceVersion == lease?.Metadata.ResourceVersion)
                return;

            lease = current;
            changedAt = time.GetTimestamp();
            tell = changed;
            changed = New();
        }

        tell.TrySetResult();
    }

    /// <summary>How long until <paramref name="identity"/> may take the lease; zero when it may now.</summary>
    public TimeSpan UntilFree(string identity)
    {
        lock (gate)
        {
            if (string.IsNullOrEmpty(lease?.Spec?.HolderIdentity) || lease.Spec.HolderIdentity == identity)
                return TimeSpan.Zero;

            var left = TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 0) - time.GetElapsedTime(changedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
