using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.VirtualTime;

internal sealed class NoEvents : IEventRecorder
{
    public void Record(IKubernetesObject regarding, string type, string reason, string action, string note)
    {
    }
}
