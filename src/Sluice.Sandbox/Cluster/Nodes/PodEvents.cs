using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>What the kubelet says of a pod when its stage changes.</summary>
internal static class PodEvents
{
    public static void Record(IEventRecorder events, V1Pod pod, PodLife before, PodLife after)
    {
        if (before.Stage == after.Stage && !IsNew(pod)) return;
        var container = pod.FirstContainer();
        switch (after.Stage)
        {
            case PodStage.Running:
                events.Record(pod, "Normal", "Pulled", "Pulling", $"Container image \"{container?.Image}\" already present on machine");
                events.Record(pod, "Normal", "Started", "Starting", $"Started container {container?.Name}");
                break;
            case PodStage.PullFailed:
                events.Record(pod, "Warning", "Failed", "Pulling", $"Failed to pull image \"{container?.Image}\": not found");
                break;
            case PodStage.PullBackOff:
                events.Record(pod, "Normal", "BackOff", "Pulling", $"Back-off pulling image \"{container?.Image}\"");
                break;
            case PodStage.BackOff { Wait.Ticks: > 0 }:
                events.Record(pod, "Warning", "BackOff", "Starting", $"Back-off restarting failed container {container?.Name} in pod {pod.Metadata.Name}");
                break;
            case PodStage.Stuck stuck:
                events.Record(pod, "Warning", stuck.Reason, "Starting", stuck.Message);
                break;
            case PodStage.Rejected rejected:
                events.Record(pod, "Warning", rejected.Reason, "Starting", rejected.Message);
                break;
            default:
                break;
        }
    }

    private static bool IsNew(V1Pod pod) => string.IsNullOrEmpty(pod.Status?.HostIP);
}
