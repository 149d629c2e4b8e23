using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// A segment is a time of constant conditions: it ends with its weight, when the pods change that share the traffic, and after ten minutes. What was counted of one that has ended is
/// counted to its end.
/// </summary>
internal sealed class SegmentEnds(ReleaseWorld world, PodHistory pods) : IPromise
{
    private static readonly TimeSpan MaxLength = TimeSpan.FromMinutes(10);

    /// <summary>Times in a status are whole seconds, and an answer is looked at a moment after it came.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    private readonly Records records = new(world);

    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after) || before.Status?.Release is not { } old || after.Status?.Release is not { } next || old.Name != next.Name) return;
        if (records.RecordOf(before) is not { Spec.Analysis: { } analysis }) return;

        foreach (var metric in next.Analysis.Where(metric => metric.Segments.Count > 0 && analysis.Metrics.Any(planned => planned.Name == metric.Name && planned.ErrorRate is not null)))
        {
            var was = old.Analysis.FirstOrDefault(known => known.Name == metric.Name);
            if (was?.Segments.SequenceEqual(metric.Segments) == true) continue;

            CheckOpen(write, before, old, metric);
            CheckGoesOn(write, analysis, was, metric);
            CheckCountedToItsEnd(write, analysis, metric);
        }
    }

    /// <summary>Segments are brought up to date in the same look: the last is of the present pods, and not too old.</summary>
    private void CheckOpen(Write write, Rollout before, ReleaseProgress old, MetricStatus metric)
    {
        if (metric.Segments[^1] is not { ClosedAt: null } open) return;

        Promise.Keep(write.Second - open.From < MaxLength, "a segment ends after ten minutes", $"{metric.Name} counts at {write.Second:HH:mm:ss} since {open.From:HH:mm:ss}");
        var since = write.At - Rounding;
        Promise.Keep(
            pods.WasOnce(before, old.Revision, since, state => state.Ready == open.CanaryReady) && pods.WasOnce(before, old.PreviousRevision ?? "", since, state => state.Ready == open.StableReady),
            "a segment is of the pods that there are",
            $"{metric.Name}: of {open.CanaryReady}+{open.StableReady} since {open.From:HH:mm:ss}");
    }

    /// <summary>It keeps its weight; one that could be looked at also its pods, and earlier than that nothing was counted in it.</summary>
    private void CheckGoesOn(Write write, AnalysisSpec analysis, MetricStatus? was, MetricStatus metric)
    {
        if (was?.Segments is not [.., { ClosedAt: null } known] || metric.Segments.FirstOrDefault(segment => segment.From == known.From) is not { } segment) return;

        // One that begins anew in the same second is another one.
        Promise.Keep(
            segment.Weight == known.Weight || segment.From >= write.Second,
            "a segment is of one weight",
            $"{metric.Name}: that of {known.Weight}% since {known.From:HH:mm:ss} is of {segment.Weight}% at {write.Second:HH:mm:ss}");
        if (write.Second - known.From < (2 * world.Prometheus.ScrapeInterval) + Plan.Span(analysis.Delay)) return;

        Promise.Keep(
            segment.CanaryReady == known.CanaryReady && segment.StableReady == known.StableReady,
            "a segment ends when its pods change",
            $"{metric.Name}: that of {known.CanaryReady}+{known.StableReady} pods since {known.From:HH:mm:ss} is of {segment.CanaryReady}+{segment.StableReady} now");
    }

    /// <summary>Where Prometheus answers always, what was counted of a segment is soon counted to where it ends.</summary>
    private void CheckCountedToItsEnd(Write write, AnalysisSpec analysis, MetricStatus metric)
    {
        if (world.Disturbance is not { } disturbance || metric.NoDataAt is not null) return;

        var patience = Plan.Span(analysis.Delay) + Plan.Span(analysis.Interval) + (2 * world.Prometheus.AnswerTime) + Rounding + disturbance;
        foreach (var segment in metric.Segments.Where(segment => segment.To > segment.From && segment.ClosedAt + patience < write.At))
        {
            Promise.Keep(segment.To == segment.ClosedAt, "what was counted of a segment is counted to its end", $"{metric.Name}: segment {segment.Ordinal} ended {segment.ClosedAt:HH:mm:ss}, counted to {segment.To:HH:mm:ss}");
        }
    }
}
