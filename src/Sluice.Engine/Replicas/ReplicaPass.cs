namespace Sluice.Engine.Replicas;

/// <summary>
/// One pass from the observed pods towards a target: at most one write per ReplicaSet, raising before lowering.
/// Passes repeated while the growing side's pods become available always arrive; a pass never takes the pods above
/// <see cref="ReplicaBounds.MaxPods"/> and never lets the available ones fall under <see cref="ReplicaBounds.MinAvailable"/> by its own doing.
/// </summary>
/// <param name="Changes">What to write, in this order: raises first, then older ReplicaSets, then the side that gives way.</param>
/// <param name="IsSettled">
/// Nothing to write, and the world is as the target says: every ReplicaSet has its number of pods, those of both sides are available, older ones are gone.
/// </param>
public sealed record ReplicaPass(IReadOnlyList<ScaleChange> Changes, bool IsSettled)
{
    /// <summary>Plans the pass. A side that the target gives pods must be in <paramref name="observed"/>, if only as <see cref="ReplicaSetState.Absent"/>.</summary>
    public static ReplicaPass Plan(ReplicaSets observed, ReplicaTarget target, ReplicaBounds bounds)
    {
        var sides = new List<Side>();
        AddSide(sides, observed.Stable, target.Stable, nameof(observed.Stable));
        AddSide(sides, observed.Canary, target.Canary, nameof(observed.Canary));
        var older = observed.Older.Select(state => new Side(state, 0)).ToList();
        List<Side> all = [.. older, .. sides];

        // Stable grows before the canary, being the side that is known to work, and gives way after it.
        List<ScaleChange> changes =
        [
            .. Raise(sides, all, bounds.MaxPods),
            .. Lower([.. older, .. sides.AsEnumerable().Reverse()], all, bounds.MinAvailable),
        ];
        return new ReplicaPass(changes, changes.Count == 0 && all.TrueForAll(side => side.IsSettled));
    }

    private static void AddSide(List<Side> sides, ReplicaSetState? state, int target, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        if (state is not null) sides.Add(new Side(state, target));
        else if (target > 0) throw new ArgumentException($"{name} shall have {target} pods but is not among the observed ReplicaSets", name);
    }

    private static IEnumerable<ScaleChange> Raise(List<Side> sides, List<Side> all, int maxPods)
    {
        foreach (var side in sides.Where(side => side.Target > side.State.Desired))
        {
            // Pods that the ReplicaSet controller has still to delete occupy their room until they are gone.
            var others = all.Where(other => other != side).Sum(other => (long)Math.Max(other.Planned, other.State.Pods));
            side.Planned = (int)Math.Clamp(maxPods - others, side.State.Desired, side.Target);
            if (side.Planned != side.State.Desired) yield return side.Change;
        }
    }

    private static IEnumerable<ScaleChange> Lower(List<Side> inOrder, List<Side> all, int minAvailable)
    {
        foreach (var side in inOrder.Where(side => side.Target < side.State.Desired))
        {
            var spareAvailable = Math.Max(0, all.Sum(other => (long)other.AvailableAt(other.Planned)) - minAvailable);
            var spareReserve = Math.Max(0, all.Sum(other => (long)other.ReserveAt(other.Planned)) - minAvailable);
            side.Planned = side.LowestWithin(spareAvailable, spareReserve);
            if (side.Planned != side.State.Desired) yield return side.Change;
        }
    }

    private sealed class Side(ReplicaSetState state, int target)
    {
        public ReplicaSetState State { get; } = state;

        public int Target { get; } = target;

        public int Planned { get; set; } = state.Desired;

        public ScaleChange Change => new(State.Name, State.Desired, Planned);

        public bool IsSettled => State.Desired == Target && State.Pods == Target && State.Available == Target;

        public int AvailableAt(int replicas) => State.AvailableWith(replicas);

        /// <summary>
        /// What the side can be counted on for. Pods of a shrinking side that were ready once may be so again: a short outage must not let a release
        /// delete them all as already lost (a Deployment bounds its clean-up of unhealthy replicas likewise). A growing side counts only as far as it is available.
        /// </summary>
        public int ReserveAt(int replicas) => Target < State.Desired ? State.SoundWith(replicas) : State.AvailableWith(replicas);

        /// <summary>The fewest replicas, not below the target, that lose no more than what can be spared. Both losses grow as replicas fall: a bisection finds it.</summary>
        public int LowestWithin(long spareAvailable, long spareReserve)
        {
            var (available, reserve) = (AvailableAt(State.Desired), ReserveAt(State.Desired));
            var (low, high) = (Target, State.Desired);
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (available - AvailableAt(middle) <= spareAvailable && reserve - ReserveAt(middle) <= spareReserve) high = middle;
                else low = middle + 1;
            }

            return low;
        }
    }
}
