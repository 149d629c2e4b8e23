using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>What the controllers of one simulated process get to work with.</summary>
public sealed record ControllerEnvironment(IClusterReader Reader, IClusterWriter Writer, KubernetesClient Client, TimeProvider Time);

/// <summary>How a simulated process differs from a faultless one.</summary>
public sealed record ControllerSetOptions
{
    /// <summary>How much later than its commit the process learns of a write, by resource (<c>pods</c>, <c>rollouts.sluice.dev</c>) and object; null: before its next reconcile.</summary>
    public Func<string, Kubernetes.Models.NamespacedName, TimeSpan>? Lag { get; init; }

    /// <summary>What becomes of the event of each write on its way to the process, by resource and object; null: every one arrives once.</summary>
    public Func<string, Kubernetes.Models.NamespacedName, EventFate>? Fate { get; init; }

    /// <summary>Whether the events of a resource are held back at present, in their order, while those of others arrive; asked before every reconcile. Null: none is.</summary>
    public Func<string, bool>? HoldsBack { get; init; }

    /// <summary>How much later than its commit a lost event is made good for, as a cache does by listing anew.</summary>
    public TimeSpan Repair { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wraps the process' connection to the API server: for faults of this process alone.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? WrapHandler { get; init; }
}
