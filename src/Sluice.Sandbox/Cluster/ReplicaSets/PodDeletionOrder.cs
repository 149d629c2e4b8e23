using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.ReplicaSets;

/// <summary>
/// Which pods a ReplicaSet deletes first: not scheduled, not running, not ready, cheaper (pod-deletion-cost), ready for a shorter time,
/// restarted more often, younger; at last by name, so that the order is total.
/// </summary>
internal sealed class PodDeletionOrder : IComparer<V1Pod>
{
    public static readonly PodDeletionOrder Instance = new();

    public int Compare(V1Pod? x, V1Pod? y)
    {
        if (x is null || y is null) return Comparer<bool>.Default.Compare(x is null, y is null);
        var order = IsScheduled(x).CompareTo(IsScheduled(y));
        if (order == 0) order = PhaseRank(x).CompareTo(PhaseRank(y));
        if (order == 0) order = x.IsReady().CompareTo(y.IsReady());
        if (order == 0) order = Cost(x).CompareTo(Cost(y));
        if (order == 0) order = Nullable.Compare(y.ReadySince(), x.ReadySince());
        if (order == 0) order = y.Restarts().CompareTo(x.Restarts());
        if (order == 0) order = Nullable.Compare(y.Metadata.CreationTimestamp, x.Metadata.CreationTimestamp);
        return order != 0 ? order : string.CompareOrdinal(x.Metadata.Name, y.Metadata.Name);
    }

    private static bool IsScheduled(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec?.NodeName);

    private static int PhaseRank(V1Pod pod) => pod.Status?.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 };

    private static int Cost(V1Pod pod) => int.TryParse(pod.Metadata.Annotation(WellKnown.PodDeletionCost), out var cost) ? cost : 0;
}
