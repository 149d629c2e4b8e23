using System.Runtime.InteropServices;

namespace Sluice.Engine.Replicas;

/// <summary>How many pods each side gets for a weight.</summary>
/// <param name="Canary">Pods of the canary.</param>
/// <param name="Stable">Pods of stable.</param>
/// <param name="ActualWeight">The share of traffic, in whole percent, that the canary then gets; 0 when there are no pods at all.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WeightedSplit(int Canary, int Stable, int ActualWeight)
{
    /// <summary>
    /// The split where replica counts carry the weight. Candidates are canary c ∈ {⌊R·w/100⌋, ⌈R·w/100⌉} and total T ∈ {R} or, with surge, {R, R+1};
    /// the c/T nearest to w/100 wins, on a tie the larger c, then the smaller T. Between 1 and 99 neither side is empty,
    /// unless there is one replica and no surge. Worked: R 3, w 50, no surge → 2:1; with surge → 2:2.
    /// </summary>
    /// <param name="replicas">R ≥ 0.</param>
    /// <param name="weight">w, 0 to 100.</param>
    /// <param name="maxSurge">Pods by which the total may exceed R (resolved, not a percentage).</param>
    public static WeightedSplit For(int replicas, int weight, int maxSurge)
    {
        ThrowIfOutOfRange(replicas, weight);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSurge);
        if (replicas == 0) return default;
        if (weight == 0) return new WeightedSplit(0, replicas, 0);
        if (weight == 100) return new WeightedSplit(replicas, 0, 100);

        // The order of the candidates is the tie-break: only a strictly nearer ratio replaces an earlier one.
        var (canary, total) = Candidates(replicas, weight, maxSurge).Aggregate((best, next) => IsNearer(next, best, weight) ? next : best);
        return new WeightedSplit(canary, total - canary, PercentOf(canary, total));
    }

    /// <summary>The split with a router, which carries the weight itself: ⌈R·w/100⌉ canary pods (so at least 1 for w &gt; 0), and stable keeps its R.</summary>
    public static WeightedSplit ForRouter(int replicas, int weight)
    {
        ThrowIfOutOfRange(replicas, weight);
        return replicas == 0 ? default : new WeightedSplit(Ceiling(replicas, weight), replicas, weight);
    }

    /// <summary><paramref name="part"/> of <paramref name="whole"/> in whole percent, halves up; 0 of nothing.</summary>
    public static int PercentOf(int part, int whole) => whole == 0 ? 0 : (int)((200L * part + whole) / (2L * whole));

    private static IEnumerable<(int Canary, int Total)> Candidates(int replicas, int weight, int maxSurge)
    {
        var mayBeEmpty = replicas == 1 && maxSurge == 0;
        return from canary in new[] { Ceiling(replicas, weight), Floor(replicas, weight) }
               from total in maxSurge == 0 ? new[] { replicas } : [replicas, replicas + 1]
               where mayBeEmpty || (canary > 0 && canary < total)
               select (canary, total);
    }

    private static int Floor(int replicas, int weight) => (int)((long)replicas * weight / 100);

    private static int Ceiling(int replicas, int weight) => (int)(((long)replicas * weight + 99) / 100);

    // |c/T − w/100| as the fraction |100c − wT| / 100T, compared by cross-multiplication: exact, where doubles would decide ties by rounding.
    private static bool IsNearer((int Canary, int Total) next, (int Canary, int Total) best, int weight) =>
        (Int128)Math.Abs(100L * next.Canary - (long)weight * next.Total) * best.Total
        < (Int128)Math.Abs(100L * best.Canary - (long)weight * best.Total) * next.Total;

    private static void ThrowIfOutOfRange(int replicas, int weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 100);
    }
}
