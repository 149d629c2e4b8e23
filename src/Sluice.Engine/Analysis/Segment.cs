using System.Runtime.InteropServices;

namespace Sluice.Engine.Analysis;

/// <summary>Requests of one side in one segment and how many of them were errors. Fractions are normal: Prometheus' <c>increase</c> extrapolates.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestCount(double Requests, double Errors)
{
    /// <summary>Errors among the requests, 0 to 1; 0 of no requests.</summary>
    public double ErrorRate => Requests <= 0 ? 0 : Math.Min(1, Errors / Requests);

    public static RequestCount operator +(RequestCount left, RequestCount right) => new(left.Requests + right.Requests, left.Errors + right.Errors);

    public static RequestCount Add(RequestCount left, RequestCount right) => left + right;

    /// <summary>Never negative, and never more errors than requests: two queries over counters scraped at different moments may disagree by a few.</summary>
    internal RequestCount Consistent() => new(Math.Max(0, Math.Max(Requests, Errors)), Math.Max(0, Errors));
}

/// <summary>What is constant within a segment.</summary>
/// <param name="Weight">The weight asked for, 0 to 100 percent.</param>
/// <param name="CanaryReady">Ready pods of the canary.</param>
/// <param name="StableReady">Ready pods of stable.</param>
public sealed record SegmentConditions(int Weight, int CanaryReady, int StableReady)
{
    /// <summary>A preview, which has traffic of its own at a weight of 0.</summary>
    public bool IsPreview { get; init; }

    /// <summary>Whether there is traffic to count.</summary>
    public bool IsMeasured => Weight > 0 || IsPreview;
}

/// <summary>A time of constant conditions and what was counted in it.</summary>
/// <param name="Ordinal">
/// j of the formulas: 1 for the release's first segment. It stays with the segment when older ones are merged, since the weights wⱼ of the evidence
/// must not change with hindsight.
/// </param>
/// <param name="From">Where the segment, and every measurement of it, begins.</param>
/// <param name="To">Up to where the counts reach: the end of the newest measurement; equal to <paramref name="From"/> before the first.</param>
/// <param name="ClosedAt">Where the segment ends; null while it is open.</param>
/// <param name="Conditions">Weight and pods.</param>
/// <param name="Canary">Counts of the canary's pods.</param>
/// <param name="Stable">Counts of the stable pods.</param>
public sealed record Segment(
    int Ordinal, DateTimeOffset From, DateTimeOffset To, DateTimeOffset? ClosedAt, SegmentConditions Conditions, RequestCount Canary, RequestCount Stable)
{
    internal static Segment Open(int ordinal, DateTimeOffset from, SegmentConditions conditions) => new(ordinal, from, from, null, conditions, default, default);

    /// <summary>Whether it has ended without having been counted to its end.</summary>
    internal bool AwaitsItsLastCount => ClosedAt is { } end && To < end;
}
