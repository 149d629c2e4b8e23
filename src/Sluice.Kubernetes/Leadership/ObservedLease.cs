using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Leadership;

/// <summary>
/// The lease as last seen, and when what it says last changed by the local monotonic clock. Nobody's wall clock decides: a lease has expired when it said
/// the same for as long as it says itself.
/// </summary>
/// <param name="time">Whose timestamps measure.</param>
/// <param name="otherwise">How long a lease lasts that does not say it.</param>
internal sealed class ObservedLease(TimeProvider time, TimeSpan otherwise)
{
    private readonly Lock gate = new();
    private V1Lease? lease;
    private V1LeaseSpec? held;
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

    /// <summary>
    /// Takes over what was read or watched; null when the lease does not exist. Neither labels and annotations nor its deletion say anything of its holder,
    /// which may go on writing for as long as it last said.
    /// </summary>
    public void Observe(V1Lease? current)
    {
        TaskCompletionSource tell;
        lock (gate)
        {
            if (current?.Metadata.Uid == lease?.Metadata.Uid && current?.Metadata.ResourceVersion == lease?.Metadata.ResourceVersion)
                return;

            if (current is not null && !(current.Metadata.Uid == lease?.Metadata.Uid && SaysTheSame(current.Spec, held)))
            {
                held = current.Spec;
                changedAt = time.GetTimestamp();
            }

            lease = current;
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
            if (string.IsNullOrEmpty(held?.HolderIdentity) || held.HolderIdentity == identity)
                return TimeSpan.Zero;

            var duration = held.LeaseDurationSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : otherwise;
            var left = duration - time.GetElapsedTime(changedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private static bool SaysTheSame(V1LeaseSpec? one, V1LeaseSpec? other) =>
        one?.HolderIdentity == other?.HolderIdentity && one?.LeaseDurationSeconds == other?.LeaseDurationSeconds
        && one?.AcquireTime == other?.AcquireTime && one?.RenewTime == other?.RenewTime && one?.LeaseTransitions == other?.LeaseTransitions;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
