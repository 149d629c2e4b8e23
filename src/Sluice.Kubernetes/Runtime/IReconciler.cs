using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>
/// Brings one object's world closer to what is wanted; level-triggered: it is told a key, never an event.
/// It reaches the world only through its ports (<see cref="IClusterReader"/>, <see cref="IClusterWriter"/>, a TimeProvider) and starts no tasks,
/// timers or locks, so that a simulation can run it synchronously in virtual time.
/// </summary>
public interface IReconciler
{
    Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct);
}

/// <summary>What the work queue does with the key next. A thrown exception means: retry with backoff.</summary>
public abstract record ReconcileResult
{
    private ReconcileResult()
    {
    }

    /// <summary>Nothing more to do until something changes.</summary>
    public static ReconcileResult Success { get; } = new Done();

    /// <summary>Look again after a delay, however quiet the world stays.</summary>
    public static ReconcileResult After(TimeSpan delay) => new RequeueAfter(delay);

    /// <summary>Try again with the key's backoff: an expected hindrance such as a lost race.</summary>
    public static ReconcileResult Retry(string why) => new RateLimited(why);

    /// <summary>An error that no repetition mends: counted and logged, and not tried again until something changes.</summary>
    public static ReconcileResult Terminal(string why) => new TerminalError(why);

    public sealed record Done : ReconcileResult;

    public sealed record RequeueAfter(TimeSpan Delay) : ReconcileResult;

    public sealed record RateLimited(string Why) : ReconcileResult;

    public sealed record TerminalError(string Why) : ReconcileResult;
}
