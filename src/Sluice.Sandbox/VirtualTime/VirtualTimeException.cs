using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>A run in virtual time that broke one of its limits.</summary>
public abstract class VirtualTimeException(string message) : Exception(message);

/// <summary>What was waited for did not come.</summary>
public sealed class VirtualDeadlineException(string message) : VirtualTimeException(message);

/// <summary>A key was reconciled more often in one second than any work can justify.</summary>
public sealed class HotLoopException(string controller, NamespacedName key, int reconciles)
    : VirtualTimeException($"hot loop: {controller} reconciled {key} {reconciles} times within one second of virtual time")
{
    public string Controller { get; } = controller;

    public NamespacedName Key { get; } = key;
}

/// <summary>A reconcile waited for something that virtual time cannot bring.</summary>
public sealed class AsynchronousReconcileException(string controller, NamespacedName key)
    : VirtualTimeException(
        $"{controller} did not finish {key} on the spot: in virtual time a reconcile must complete synchronously (no timers, no other threads, no real I/O)");

/// <summary>A reconcile that failed; it was retried with backoff.</summary>
public sealed record ReconcileFailure(DateTimeOffset At, string Controller, NamespacedName Key, Exception Error);
