namespace Sluice.Engine.Replicas;

/// <summary>One ReplicaSet as observed. Terminating pods appear in none of the figures, as in a ReplicaSet's own status.</summary>
/// <param name="Name">The ReplicaSet's name.</param>
/// <param name="Desired"><c>spec.replicas</c>.</param>
/// <param name="Pods"><c>status.replicas</c>: differs from <paramref name="Desired"/> while the ReplicaSet controller has not caught up.</param>
/// <param name="Ready"><c>status.readyReplicas</c>.</param>
/// <param name="Available"><c>status.availableReplicas</c>: ready for <c>minReadySeconds</c>.</param>
/// <param name="NeverReady">Pods that have never been ready, so that nothing is lost with them; 0 when that is not known.</param>
public sealed record ReplicaSetState(string Name, int Desired, int Pods, int Ready, int Available, int NeverReady)
{
    /// <summary>A ReplicaSet that does not exist yet: a change for it means to create it with that many replicas.</summary>
    public static ReplicaSetState Absent(string name) => new(name, 0, 0, 0, 0, 0);

    /// <summary>
    /// Available pods that are left for certain with <paramref name="replicas"/> in the spec. A ReplicaSet deletes pods that are not ready first;
    /// between ready ones that are available and ready ones that are not yet, its order is not certain, so the worst is assumed.
    /// </summary>
    internal int AvailableWith(int replicas) => Math.Max(0, Available - Math.Max(0, Deleted(replicas) - (Pods - Ready)));

    /// <summary>Pods left that are available or, having been ready once, may be so again. Pods that never were ready are taken to be deleted first.</summary>
    internal int SoundWith(int replicas) => Pods - Hopeless - Math.Max(0, Deleted(replicas) - Hopeless);

    // The count comes from the pods, the rest from the ReplicaSet: the two may be a moment apart.
    private int Hopeless => Math.Clamp(NeverReady, 0, Math.Max(0, Pods - Ready));

    private int Deleted(int replicas) => Math.Max(0, Pods - replicas);
}

/// <summary>All ReplicaSets of a Rollout as observed.</summary>
/// <param name="Canary">The canary's; <see cref="ReplicaSetState.Absent"/> before it exists, null when no canary is meant.</param>
/// <param name="Stable">Stable's; null before the first promotion.</param>
/// <param name="Older">All others, in the order in which their pods shall go.</param>
public sealed record ReplicaSets(ReplicaSetState? Canary, ReplicaSetState? Stable, IReadOnlyList<ReplicaSetState> Older);

/// <summary>Where the passes lead: <c>spec.replicas</c> of each side; older ReplicaSets always go to 0.</summary>
/// <remarks>
/// A step is its <see cref="WeightedSplit"/>, promotion and first deployment are (R, 0), rollback is (0, R). With a router the caller lowers a side
/// only once the route, observed, sends it no traffic.
/// </remarks>
public sealed record ReplicaTarget(int Canary, int Stable)
{
    public static ReplicaTarget Of(WeightedSplit split) => new(split.Canary, split.Stable);
}

/// <summary>A write of <c>spec.replicas</c> of the ReplicaSet named <paramref name="Name"/>.</summary>
public sealed record ScaleChange(string Name, int From, int To);
