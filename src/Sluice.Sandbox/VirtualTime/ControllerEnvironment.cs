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

    /// <summary>Wraps the process' connection to the API server: for faults of this process alone.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? WrapHandler { get; init; }
}
