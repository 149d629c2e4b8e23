using Sluice.Kubernetes.Runtime;
using Sluice.Sandbox.Cluster.Nodes;

namespace Sluice.Sandbox.Cluster;

/// <summary>Everything through which the cluster's life reaches the world; <c>Api</c> serves paths without a typed form: bindings, logs, finalize, discovery.</summary>
public sealed record ClusterLifePorts(IClusterReader Reader, IClusterWriter Writer, IRawApi Api, TimeProvider Time, IEventRecorder Events)
{
    /// <summary>What runs containers as processes of this machine; null where no pod may.</summary>
    internal LocalContainers? Containers { get; init; }
}
