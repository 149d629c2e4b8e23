using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Sandbox.Cluster.Nodes;

/// <summary>Keeps the Node object of the simulated node in existence. It sends no heartbeat: an idle cluster writes nothing.</summary>
internal sealed class NodeRegistration(ClusterLifePorts ports, ClusterLifeOptions options) : IReconciler
{
    public const string HostIp = "10.0.0.2";

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (key.Name != options.NodeName) return ReconcileResult.Success;
        var node = await ports.Reader.GetLiveAsync<V1Node>(key, ct) ?? await ports.Writer.CreateAsync(NewNode(), WriteOptions.Default, ct);
        if (node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true) return ReconcileResult.Success;
        await ports.Writer.UpdateStatusAsync(node with { Status = Ready(ports.Time.GetUtcNow()) }, WriteOptions.Default, ct);
        return ReconcileResult.Success;
    }

    private V1Node NewNode() => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = options.NodeName,
            Labels = new Dictionary<string, string>
            {
                ["kubernetes.io/hostname"] = options.NodeName,
                ["kubernetes.io/os"] = "linux",
                ["kubernetes.io/arch"] = "amd64",
            },
        },
        Spec = new V1NodeSpec { PodCIDR = "10.244.0.0/16" },
    };

    private V1NodeStatus Ready(DateTimeOffset now)
    {
        var capacity = new Dictionary<string, string> { ["cpu"] = "1000", ["memory"] = "1Ti", ["pods"] = "100000", ["ephemeral-storage"] = "1Ti" };
        return new V1NodeStatus
        {
            Capacity = capacity,
            Allocatable = capacity,
            Conditions =
            [
                Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", now),
                Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", now),
                Condition("PIDPressure", "False", "KubeletHasSufficientPID", now),
                Condition("Ready", "True", "KubeletReady", now),
            ],
            Addresses = [new V1NodeAddress { Type = "InternalIP", Address = HostIp }, new V1NodeAddress { Type = "Hostname", Address = options.NodeName }],
            NodeInfo = new V1NodeSystemInfo
            {
                MachineID = options.NodeName,
                SystemUUID = options.NodeName,
                BootID = options.NodeName,
                KernelVersion = "simulated",
                OsImage = "simulated",
                ContainerRuntimeVersion = "sandbox://1.0",
                KubeletVersion = "v1.34.0",
                KubeProxyVersion = "v1.34.0",
                OperatingSystem = "linux",
                Architecture = "amd64",
            },
        };
    }

    private static V1NodeCondition Condition(string type, string status, string reason, DateTimeOffset now) =>
        new() { Type = type, Status = status, Reason = reason, Message = reason, LastHeartbeatTime = now, LastTransitionTime = now };
}
