using Sluice.Api;
using Sluice.Engine.Analysis;

namespace Sluice.Engine.Releases;

/// <summary>Translates between the segments of the status and those of the evidence.</summary>
internal static class MetricStates
{
    private const int CountDecimals = 2;

    public static SegmentLog LogOf(MetricStatus? status) => status is null ? SegmentLog.Empty : new SegmentLog([.. status.Segments.Select(Of)]);

    public static IReadOnlyList<SegmentStatus> Of(SegmentLog log) => [.. log.Segments.Select(Of)];

    /// <summary>Counts are rounded before they count, so that the evidence is that of the figures in the status.</summary>
    public static Measurement.Counts Rounded(Measurement.Counts counts) => counts with { Canary = Round(counts.Canary), Stable = Round(counts.Stable) };

    private static RequestCount Round(RequestCount count) => new(Math.Round(count.Requests, CountDecimals), Math.Round(count.Errors, CountDecimals));

    private static Segment Of(SegmentStatus status) => new(
        status.Ordinal,
        status.From,
        status.To,
        status.ClosedAt,
        new SegmentConditions(status.Weight, status.CanaryReady, status.StableReady) { IsPreview = status.Weight == 0 },
        new RequestCount(status.Canary.Requests, status.Canary.Errors),
        new RequestCount(status.Stable.Requests, status.Stable.Errors));

    private static SegmentStatus Of(Segment segment) => new()
    {
        Ordinal = segment.Ordinal,
        From = segment.From,
        To = segment.To,
        ClosedAt = segment.ClosedAt,
        Weight = segment.Conditions.Weight,
        CanaryReady = segment.Conditions.CanaryReady,
        StableReady = segment.Conditions.StableReady,
        Canary = new RequestCounts { Requests = segment.Canary.Requests, Errors = segment.Canary.Errors },
        Stable = new RequestCounts { Requests = segment.Stable.Requests, Errors = segment.Stable.Errors },
    };
}
