using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Runtime;

/// <summary>Records Kubernetes events. Never blocks, never throws, never delays a reconcile; repeated events become a series.</summary>
public interface IEventRecorder
{
    /// <summary>Queues one event and returns at once.</summary>
    /// <param name="regarding">The object that the event is about.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">A CamelCase word for machines.</param>
    /// <param name="action">What was done, a CamelCase word.</param>
    /// <param name="note">The sentence that a person reads; at most 1 KiB is kept.</param>
    void Record(IKubernetesObject regarding, string type, string reason, string action, string note);
}
