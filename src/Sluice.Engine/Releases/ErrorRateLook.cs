using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>One look at an errorRate metric: segments are brought up to date, measurements taken in, and the evidence computed afresh.</summary>
internal static class ErrorRateLook
{
    private static readonly TimeSpan History = TimeSpan.FromHours(1);
    private static readonly TimeSpan HistoryRetry = TimeSpan.FromMinutes(1);

    public static MetricLook At(MetricContext context, MetricPlan.ErrorRate metric)
    {
        var committed = context.Committed;
        var timing = new MeasurementTiming(context.Pass.Snapshot.ReleaseSource.ScrapeInterval, context.Plan.Delay);
        var before = MetricStates.LogOf(committed);
        var running = context.Newest(metric.Name, MeasurementKind.Running);

        // Measurements belong to the segments as they were when they were asked for, so they come in before a new segment begins.
        var advanced = TakeIn(TakeIn(before, context.Newest(metric.Name, MeasurementKind.Closed)), running).Advance(context.Conditions, context.Now, timing, SegmentLog.CapacityFor(context.ErrorRates));
        if (running?.Value is Measurement.NoData { Reason: NoDataReason.NoHistory } && running.FinishedAt > advanced.Open?.From) advanced = advanced.BegunAnew(context.Now);

        var dispersion = DispersionOf(context, metric);
        var noData = context.NoDataInARow(running, metric.OnNoData);
        var fresh = Judge(context, metric, advanced, dispersion, running, noData);
        return new MetricLook(
            fresh,
            committed,
            IsStructural(before, advanced) || IsTold(fresh, committed),
            Wishes(context, metric, advanced, timing, running, dispersion),
            NextLook(context, advanced, timing, running));
    }

    private static SegmentLog TakeIn(SegmentLog log, Measured? measured) =>
        measured?.Value is Measurement.Counts counts ? log.With(MetricStates.Rounded(counts)) : log;

    private static MetricStatus Judge(MetricContext context, MetricPlan.ErrorRate metric, SegmentLog log, Dispersion dispersion, Measured? running, int noData)
    {
        var bounds = new ErrorRateBounds(metric.Max, metric.MaxRatioToStable);
        var confidence = new Confidence(context.Plan.FalseAlarm, context.Plan.MissedBad).SharedOver(context.ErrorRates);

        // Outside of an analysis step nothing is asked of the present alone: what has passed stays passed.
        var presentSince = context.Release.Step?.Kind == StepKind.Analysis ? log.PresentSince(context.Now) : DateTimeOffset.MinValue;
        var evidence = Evidence.Compute(log.Segments, bounds, confidence, dispersion.Value, presentSince);
        var failed = context.Committed?.Verdict == Verdict.Fail || NoDataRow.IsFailure(noData, metric.OnNoData);

        // An operator that has just begun, and has no answer of its own yet, goes on where the last one was left without.
        var isUnanswered = noData > 0 || running?.Value is Measurement.NoData;
        var message = running?.Value is Measurement.NoData none ? ErrorRateMessage.For(metric.Name, none, noData)
            : isUnanswered ? context.Committed?.Message
            : ErrorRateMessage.For(metric.Name, evidence, bounds, Forecast.Of(evidence, log.Segments, bounds, presentSince));
        return new MetricStatus
        {
            Name = metric.Name,
            Verdict = failed ? Verdict.Fail : isUnanswered && evidence.Verdict == Verdict.Pass ? Verdict.Inconclusive : evidence.Verdict,
            Value = Figures.Percent(evidence.Canary.ErrorRate),
            Max = Figures.Percent(metric.Max),
            StableValue = evidence.Stable.Requests > 0 ? Figures.Percent(evidence.Stable.ErrorRate) : null,
            Requests = Math.Round(evidence.Canary.Requests, 1),
            Errors = Math.Round(evidence.Canary.Errors, 1),
            Dispersion = dispersion.IsKnown ? Math.Round(dispersion.Value, 3) : null,
            PassEvidence = Figures.Factor(evidence.WithinMax),
            FailEvidence = Figures.Factor(evidence.FailEvidence),
            ConsecutiveNoData = noData,
            NoDataAt = running?.Value is Measurement.NoData ? running.FinishedAt : context.Committed?.NoDataAt,
            Segments = MetricStates.Of(log),
            MeasuredAt = log.Segments.Count == 0 || log.Segments.All(segment => segment.To == segment.From) ? context.Committed?.MeasuredAt : log.Segments.Max(segment => segment.To),
            Message = message,
        };
    }

    /// <summary>φ, once ten minutes of stable's errors are known; 8 until then.</summary>
    private static Dispersion DispersionOf(MetricContext context, MetricPlan.ErrorRate metric)
    {
        if (context.Committed?.Dispersion is { } known) return new Dispersion(Math.Max(1, known), IsKnown: true);

        return context.Newest(metric.Name, MeasurementKind.History) is { History: { } history }
            ? Dispersion.Estimate(history.Errors, history.Bin)
            : Dispersion.Assumed;
    }

    private static bool IsStructural(SegmentLog before, SegmentLog after) =>
        before.Segments.Count != after.Segments.Count
        || before.Segments.Zip(after.Segments).Any(pair =>
            pair.First.Ordinal != pair.Second.Ordinal || pair.First.From != pair.Second.From || pair.First.ClosedAt != pair.Second.ClosedAt || pair.First.Conditions != pair.Second.Conditions
            || (pair.Second.ClosedAt is not null && pair.First.To != pair.Second.To));

    private static bool IsTold(MetricStatus fresh, MetricStatus? committed) =>
        committed is null
        || fresh.Verdict != committed.Verdict
        || fresh.ConsecutiveNoData != committed.ConsecutiveNoData
        || fresh.Dispersion != committed.Dispersion
        || (committed.MeasuredAt is null && fresh.MeasuredAt is not null);

    private static List<Effect.Measure> Wishes(
        MetricContext context, MetricPlan.ErrorRate metric, SegmentLog log, MeasurementTiming timing, Measured? running, Dispersion dispersion)
    {
        var wishes = new List<Effect.Measure>();
        foreach (var window in log.Due(context.Now, timing))
        {
            var isOpen = log.Open?.From == window.From;
            if (isOpen && running is not null && IsOf(running, window.From) && context.Now < running.FinishedAt + context.Plan.Interval) continue;
            if (!isOpen && context.Newest(metric.Name, MeasurementKind.Closed) is { } closed && IsOf(closed, window.From) && context.Now < closed.FinishedAt + context.Plan.Interval) continue;
            wishes.Add(context.Wish(metric, isOpen ? MeasurementKind.Running : MeasurementKind.Closed, window.From, isOpen ? null : window.To));
        }

        if (!dispersion.IsKnown && log.Segments.Count > 0)
        {
            var asked = context.Newest(metric.Name, MeasurementKind.History);
            if (asked is null || context.Now >= asked.FinishedAt + HistoryRetry)
            {
                wishes.Add(context.Wish(metric, MeasurementKind.History, (context.Release.StartedAt ?? context.Now) - History, to: null));
            }
        }

        return wishes;
    }

    // A measurement without an answer is taken to be of the present segment: asking again at once would not help.
    private static bool IsOf(Measured measured, DateTimeOffset from) => measured.Value is not Measurement.Counts counts || counts.From == from;

    private static TimeSpan? NextLook(MetricContext context, SegmentLog log, MeasurementTiming timing, Measured? running)
    {
        if (log.Open is not { } open) return log.Segments.Any(segment => segment is { ClosedAt: { } end } && segment.To < end) ? context.Plan.Interval : null;

        var first = open.From + timing.FirstLook - context.Now;
        if (first > TimeSpan.Zero) return first;
        var next = running is not null && IsOf(running, open.From) ? running.FinishedAt + context.Plan.Interval - context.Now : context.Plan.Interval;
        return next > TimeSpan.Zero ? next : context.Plan.Interval;
    }
}
