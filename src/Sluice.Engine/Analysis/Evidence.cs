using Sluice.Api;

namespace Sluice.Engine.Analysis;

/// <summary>Which bound a FAIL is about.</summary>
public enum FailCause
{
    /// <summary>Confidently above <c>max</c> and, where stable has traffic to compare with, worse than stable.</summary>
    AboveMax,

    /// <summary>Confidently more than <c>maxRatioToStable</c> times stable's error rate.</summary>
    WorseThanStable,
}

/// <summary>
/// What the counts of a release's segments say about one errorRate metric. Computed afresh from the counts at each look, so neither a restart nor a repeated
/// look can count anything twice.
/// </summary>
/// <remarks>
/// The three figures are e-processes: nonnegative with mean at most 1 at any time while their null hypothesis holds. By Ville's inequality the chance
/// that one ever reaches 1/a is at most a, however often one looks. Sources: J. Ville, Étude critique de la notion de collectif (1939);
/// Johari, Koomen, Pekelis, Walsh, "Peeking at A/B tests" (2017); Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
/// sequences" (2021); Shin, Ramdas, Rinaldo, "E-detectors" (late starts, wⱼ); Lindon, Malek, "Anytime-valid inference for multinomial count data" (2022).
/// The guarantee is exact for independent errors and empirical for clustered ones, whose counts are divided by their <see cref="Dispersion"/>.
/// All evidence is kept as natural logarithms; a threshold of 1/a is ln(1/a).
/// </remarks>
public sealed record Evidence
{
    // Below this share of a segment's requests stable is as good as without traffic: a few stragglers after the switch to weight 100 would
    // otherwise stand as the comparison, and hide an outage of the canary for as long as the segment lasts.
    private const double NegligibleShare = 0.005;

    private Evidence()
    {
    }

    public required Verdict Verdict { get; init; }

    /// <summary>The bound that a FAIL is about; null unless <see cref="Verdict"/> is Fail.</summary>
    public FailCause? Cause { get; init; }

    /// <summary>ln Σ wⱼ·Rⱼ(τ): evidence that the canary is more than τ times as bad as stable; −∞ when that bound is off.</summary>
    public required double WorseThanStable { get; init; }

    /// <summary>ln Σ wⱼ·min(Aⱼ, Rⱼ(1)): evidence that the canary is above <c>max</c> and worse than stable.</summary>
    public required double AboveMax { get; init; }

    /// <summary>ln(2/α), which either of the two must reach for a FAIL.</summary>
    public required double FailThreshold { get; init; }

    /// <summary>ln P over all segments: evidence that the canary is below <c>max</c>.</summary>
    public required double WithinMax { get; init; }

    /// <summary>ln(1/β), which <see cref="WithinMax"/> must reach for a PASS.</summary>
    public required double PassThreshold { get; init; }

    /// <summary>ln P over the segments of the present step alone.</summary>
    public required double WithinMaxAtPresent { get; init; }

    /// <summary>ln(1/√β), which <see cref="WithinMaxAtPresent"/> must reach for a PASS.</summary>
    public required double PresentThreshold { get; init; }

    /// <summary>Whether stable itself is confidently above <c>max</c> (chance of a false claim at most α).</summary>
    public required bool StableAboveMax { get; init; }

    /// <summary>φ, by which the counts were divided; at least 1.</summary>
    public required double Dispersion { get; init; }

    /// <summary>The canary's counts of all segments, as measured.</summary>
    public required RequestCount Canary { get; init; }

    /// <summary>Stable's counts of all segments, as measured.</summary>
    public required RequestCount Stable { get; init; }

    /// <summary>The larger of the two figures that a FAIL may rest on.</summary>
    public double FailEvidence => Math.Max(WorseThanStable, AboveMax);

    /// <summary>Whether the canary so far looks more than τ times as bad as stable: no PASS while it does.</summary>
    public bool LeansAgainst => WorseThanStable >= 0;

    /// <summary>Computes the evidence of one metric.</summary>
    /// <param name="segments">The release's segments, oldest first, the open one included.</param>
    /// <param name="bounds">p₀ and τ.</param>
    /// <param name="confidence">α of this metric (see <see cref="Confidence.SharedOver"/>) and β.</param>
    /// <param name="dispersion">φ ≥ 1, by which all counts are divided.</param>
    /// <param name="presentSince">When the conditions of the present step began: the segments that begin then or later are "the present step alone".</param>
    public static Evidence Compute(
        IReadOnlyList<Segment> segments, ErrorRateBounds bounds, Confidence confidence, double dispersion, DateTimeOffset presentSince)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dispersion, 1);
        List<Segment> counts = [.. segments.Select(segment => Effective(segment, dispersion))];
        List<Segment> present = [.. counts.Where(segment => segment.From >= presentSince)];

        var relativeIsOn = bounds.MaxRatioToStable > 0;
        var evidence = new Evidence
        {
            Verdict = Verdict.Inconclusive,
            WorseThanStable = relativeIsOn ? Weighted(counts, EvidenceProducts.Relative(counts, bounds.MaxRatioToStable)) : double.NegativeInfinity,
            AboveMax = Weighted(counts, AboveMaxAndWorse(counts, bounds.Max)),
            FailThreshold = Math.Log(2 / confidence.FalseAlarm),
            WithinMax = EvidenceProducts.Within(counts, bounds.Max),
            PassThreshold = -Math.Log(confidence.MissedBad),
            WithinMaxAtPresent = EvidenceProducts.Within(present, bounds.Max),
            PresentThreshold = -Math.Log(confidence.MissedBad) / 2,
            StableAboveMax = Weighted(counts, EvidenceProducts.Absolute(counts, bounds.Max, segment => segment.Stable)) >= -Math.Log(confidence.FalseAlarm),
            Dispersion = dispersion,
            Canary = Total(segments, segment => segment.Canary),
            Stable = Total(segments, segment => segment.Stable),
        };
        return evidence with { Verdict = evidence.Decide(out var cause), Cause = cause };
    }

    private Verdict Decide(out FailCause? cause)
    {
        cause = AboveMax >= FailThreshold ? FailCause.AboveMax
            : WorseThanStable >= FailThreshold ? FailCause.WorseThanStable
            : null;
        if (cause is not null) return Verdict.Fail;
        return WithinMax >= PassThreshold && WithinMaxAtPresent >= PresentThreshold && !LeansAgainst ? Verdict.Pass : Verdict.Inconclusive;
    }

    // min(Aⱼ, Rⱼ(1)) from each start; Aⱼ alone from a start after which stable has no traffic.
    private static double[] AboveMaxAndWorse(List<Segment> counts, double max)
    {
        var logs = EvidenceProducts.Absolute(counts, max, segment => segment.Canary);
        var relative = EvidenceProducts.Relative(counts, ratio: 1);
        var lastWithStable = counts.FindLastIndex(segment => segment.Stable.Requests > 0);
        for (var j = 0; j <= lastWithStable; j++) logs[j] = Math.Min(logs[j], relative[j]);
        return logs;
    }

    // ln Σ wⱼ·exp(xⱼ) with wⱼ = 1/(j(j+1)), which sum to 1.
    private static double Weighted(List<Segment> counts, double[] logs) =>
        LogSum.Sum([.. counts.Select((segment, i) => logs[i] - Math.Log((double)segment.Ordinal * (segment.Ordinal + 1)))]);

    private static Segment Effective(Segment segment, double dispersion)
    {
        var (canary, stable) = (segment.Canary.Consistent(), segment.Stable.Consistent());
        if (stable.Requests < NegligibleShare * (canary.Requests + stable.Requests)) stable = default;
        return segment with
        {
            Canary = new RequestCount(canary.Requests / dispersion, canary.Errors / dispersion),
            Stable = new RequestCount(stable.Requests / dispersion, stable.Errors / dispersion),
        };
    }

    private static RequestCount Total(IReadOnlyList<Segment> segments, Func<Segment, RequestCount> side) =>
        segments.Aggregate(default(RequestCount), (sum, segment) => sum + side(segment).Consistent());
}
