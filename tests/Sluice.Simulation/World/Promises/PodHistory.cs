using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// What each ReplicaSet was at which time. Transitions may rest on a view that is behind, so what they claim to have observed must have been so at some moment
/// since then, not necessarily now.
/// </summary>
internal sealed class PodHistory : IPromise
{
    private static readonly PodCounts None = new(DateTimeOffset.MinValue, 0, 0, 0, 0);

    private readonly ReleaseWorld world;
    private readonly Dictionary<(string Namespace, string Rollout, string Revision), List<PodCounts>> history = [];

    /// <summary>Begins with what the cluster has.</summary>
    public PodHistory(ReleaseWorld world)
    {
        this.world = world;
        foreach (var set in world.Cluster.List<V1ReplicaSet>("")) StatesOf(set).Add(CountsOf(set, world.Cluster.Now));
    }

    public bool HoldsForLateArrivals => true;

    public void Check(Write write)
    {
        if (write.Resource != "replicasets" || (write.After ?? write.Before) is not V1ReplicaSet set) return;

        StatesOf(set).Add(write.IsDeletion ? None with { At = write.At } : CountsOf(set, write.At));
    }

    /// <summary>Whether a revision's ReplicaSet was so at some moment since <paramref name="since"/>, less what views may be behind.</summary>
    public bool WasOnce(Rollout rollout, string revision, DateTimeOffset since, Func<PodCounts, bool> so)
    {
        var states = history.GetValueOrDefault((rollout.Metadata.Namespace!, rollout.Metadata.Name!, revision)) ?? [];
        var from = since - (world.Disturbance ?? TimeSpan.FromMinutes(10));
        var first = states.FindLastIndex(state => state.At <= from);
        return first < 0 ? so(None) || states.Exists(state => so(state)) : states.Skip(first).Any(so);
    }

    /// <summary>Revisions of which there has been a ReplicaSet.</summary>
    public IEnumerable<string> RevisionsOf(Rollout rollout) =>
        history.Keys.Where(key => key.Namespace == rollout.Metadata.Namespace && key.Rollout == rollout.Metadata.Name).Select(key => key.Revision);

    private static PodCounts CountsOf(V1ReplicaSet set, DateTimeOffset at) =>
        new(at, set.Spec?.Replicas ?? 0, set.Status?.Replicas ?? 0, set.Status?.ReadyReplicas ?? 0, set.Status?.AvailableReplicas ?? 0);

    private List<PodCounts> StatesOf(V1ReplicaSet set)
    {
        var key = (set.Metadata.Namespace ?? "", set.Metadata.Label(Labels.Rollout) ?? "", set.Metadata.Label(Labels.Revision) ?? "");
        if (!history.TryGetValue(key, out var states)) history[key] = states = [];
        return states;
    }
}
