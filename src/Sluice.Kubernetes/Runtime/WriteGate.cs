using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// Lets writes through while this process may write. Under leader election that is until a moment on the local monotonic clock, moved on by each
/// renewal: so a process that was suspended past it finds the gate closed, whatever runs first when it wakes. Once closed it stays closed.
/// </summary>
public sealed class WriteGate : IDisposable
{
    private readonly TimeProvider time;
    private readonly CancellationTokenSource closed = new();
    private long openUntil;

    private WriteGate(TimeProvider time, long openUntil)
    {
        this.time = time;
        this.openUntil = openUntil;
    }

    /// <summary>Cancelled when the gate closes: whatever is under way ends.</summary>
    public CancellationToken Closed => closed.Token;

    public bool IsOpen => !closed.IsCancellationRequested && time.GetTimestamp() < Interlocked.Read(ref openUntil);

    /// <summary>A gate for a process that is alone: open until it is closed.</summary>
    public static WriteGate AlwaysOpen(TimeProvider time) => new(time, long.MaxValue);

    /// <summary>A gate that leadership opens.</summary>
    public static WriteGate ForLeader(TimeProvider time) => new(time, long.MinValue);

    /// <summary>Refuses when closed.</summary>
    /// <exception cref="KubernetesException">Reason NotLeading: nothing was sent.</exception>
    public void ThrowIfClosed()
    {
        if (!IsOpen)
            throw NotLeading(cause: null);
    }

    public void Close() => closed.Cancel();

    public void Dispose() => closed.Dispose();

    internal void OpenUntil(long timestamp) => Interlocked.Exchange(ref openUntil, timestamp);

    internal static KubernetesException NotLeading(Exception? cause) => new(
        new V1Status { Status = "Failure", Reason = "NotLeading", Message = "this process does not lead any more and must not write" }, cause);
}
