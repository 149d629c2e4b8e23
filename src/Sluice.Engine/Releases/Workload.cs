using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases;

/// <summary>What one pass does to the ReplicaSets.</summary>
/// <param name="Effects">Creations and scalings, raises first.</param>
/// <param name="IsSettled">The pods are as the target says, and available.</param>
/// <param name="Arrived">Available pods of those that the target asks for: what grows while pods are waited for, whichever side it is.</param>
/// <param name="Missing">A revision that must run but whose template nobody knows any more; null normally.</param>
internal sealed record WorkloadPass(IReadOnlyList<Effect> Effects, bool IsSettled, int Arrived, string? Missing);

/// <summary>Turns a target of replicas into effects on ReplicaSets.</summary>
internal static class Workload
{
    /// <summary>One pass towards <paramref name="target"/> for the canary's and the stable revision; all others go to 0.</summary>
    public static WorkloadPass Towards(Pass pass, ReleasePlan plan, string? canary, string? stable, ReplicaTarget target)
    {
        var older = Older(pass, canary, stable).ToLookup(set => pass.Traffic.Keeps(set.Revision));
        var sets = new ReplicaSets(State(pass, canary), State(pass, stable), [.. older[false].Select(Of)]);
        var replicaPass = ReplicaPass.Plan(sets, target, pass.Bounds(plan));
        var effects = new List<Effect>();
        var minReady = MinReadySeconds(pass, plan, canary: target.Canary > 0 ? canary : null, stable: target.Stable > 0 ? stable : null);
        string? missing = null;
        foreach (var change in replicaPass.Changes)
        {
            var revision = change.Name == sets.Canary?.Name ? canary : stable;
            if (pass.Snapshot.ReplicaSets.Any(set => set.Name == change.Name)) effects.Add(new Effect.Scale(change.Name, change.From, change.To) { MinReadySeconds = minReady.GetValueOrDefault(change.Name) });
            else if (Create(pass, revision!, plan, change.To) is { } create) effects.Add(create);
            else missing = revision;
        }

        var unscaled = pass.Snapshot.ReplicaSets.Where(set => minReady.ContainsKey(set.Name) && replicaPass.Changes.All(change => change.Name != set.Name));
        effects.AddRange(unscaled.Select(set => new Effect.Scale(set.Name, set.Desired, set.Desired) { MinReadySeconds = minReady[set.Name] }));
        var arrived = Math.Min(sets.Canary?.Available ?? 0, target.Canary) + Math.Min(sets.Stable?.Available ?? 0, target.Stable);
        return new WorkloadPass(effects, replicaPass.IsSettled && minReady.Count == 0 && (pass.Traffic.IsLeftAsItIs || older[true].All(set => set.Desired == 0)), arrived, missing);
    }

    /// <summary>Keeps all replicas on stable; of a first deployment, nothing: pods that failed are left for people to look at.</summary>
    public static IReadOnlyList<Effect> OfStable(Pass pass, ReleasePlan plan, string? stable) =>
        stable is null ? [] : Towards(pass, plan, canary: null, stable, new ReplicaTarget(0, pass.Replicas)).Effects;

    /// <summary>The creation of a revision's ReplicaSet from the template that its Release recorded; null when no Release of it is left.</summary>
    private static Effect.CreateReplicaSet? Create(Pass pass, string revision, ReleasePlan plan, int replicas) =>
        pass.ReleaseOf(revision) is { } release
            ? new Effect.CreateReplicaSet(ObjectNames.ReplicaSet(pass.Name, revision), revision, release.Spec.Template, plan.MinReadySeconds, replicas)
            : null;

    /// <summary>
    /// The <c>minReadySeconds</c> of the ReplicaSets whose own are not those of the spec, by their names: as with a Deployment, they are no part of a revision, and hold for the pods that
    /// are there too. Not by a spec that cannot be read.
    /// </summary>
    private static Dictionary<string, int?> MinReadySeconds(Pass pass, ReleasePlan plan, string? canary, string? stable) => pass.Errors.Count > 0
        ? []
        : pass.Snapshot.ReplicaSets
            .Where(set => (set.Revision == canary || set.Revision == stable) && set.MinReadySeconds != plan.MinReadySeconds)
            .ToDictionary(set => set.Name, _ => (int?)plan.MinReadySeconds);

    private static IEnumerable<ObservedReplicaSet> Older(Pass pass, string? canary, string? stable) =>
        pass.Snapshot.ReplicaSets.Where(set => set.Revision != canary && set.Revision != stable).OrderBy(set => set.CreatedAt);

    private static ReplicaSetState? State(Pass pass, string? revision)
    {
        if (revision is null) return null;

        return pass.Snapshot.ReplicaSetOf(revision) is { } set ? Of(set) : ReplicaSetState.Absent(ObjectNames.ReplicaSet(pass.Name, revision));
    }

    private static ReplicaSetState Of(ObservedReplicaSet set) => new(set.Name, set.Desired, set.Pods, set.Ready, set.Available, set.NeverReady);
}
