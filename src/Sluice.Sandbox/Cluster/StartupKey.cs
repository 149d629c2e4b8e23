using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster;

/// <summary>One key that is due when its controller starts: for what must exist though nothing names it yet.</summary>
internal sealed class StartupKey(NamespacedName key) : IKeySource
{
    public void Subscribe(Action<NamespacedName> due) => due(key);
}
