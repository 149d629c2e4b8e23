using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Simulation.World;

/// <summary>Keeps the events that the operator records.</summary>
internal sealed class RecordedEvents : IEventRecorder
{
    public List<(string Kind, string Name, string Type, string Reason, string Note)> All { get; } = [];

    /// <summary>Hears of each event when it is recorded.</summary>
    public Action<string>? Heard { get; init; }

    public void Record(IKubernetesObject regarding, string type, string reason, string action, string note)
    {
        Heard?.Invoke($"{reason} of {regarding.Metadata.Name}: {note}");
        All.Add((regarding.Kind ?? "", regarding.Metadata.Name ?? "", type, reason, note));
    }
}
