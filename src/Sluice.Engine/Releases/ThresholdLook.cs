using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>One look at a threshold metric.</summary>
internal static class ThresholdLook
{
    public static MetricLook At(MetricContext context, MetricPlan.Threshold metric)
    {
        var committed = context.Committed;
        var running = context.Newest(metric.Name, MeasurementKind.Running);
        var noData = context.NoDataInARow(running, metric.OnNoData);
        var fresh = Judge(context, metric, running, noData);
        var structural = committed is null
            || fresh.Verdict != committed.Verdict
            || fresh.ConsecutiveBreaches != committed.ConsecutiveBreaches
            || fresh.LastBreachAt != committed.LastBreachAt
            || fresh.ConsecutiveNoData != committed.ConsecutiveNoData
            || (committed.MeasuredAt is null && fresh.MeasuredAt is not null);
        var hasTraffic = context.Conditions.Weight > 0;
        var wait = running is null ? TimeSpan.Zero : running.FinishedAt + context.Plan.Interval - context.Now;
        return new MetricLook(
            fresh,
            committed,
            structural,
            hasTraffic && wait <= TimeSpan.Zero ? [context.Wish(metric, MeasurementKind.Running, context.Now - context.Plan.Interval, to: null)] : [],
            hasTraffic ? wait > TimeSpan.Zero ? wait : context.Plan.Interval : null);
    }

    private static MetricStatus Judge(MetricContext context, MetricPlan.Threshold metric, Measured? running, int noData)
    {
        var status = (context.Committed ?? new MetricStatus()) with
        {
            Name = metric.Name,
            Max = metric.Spec.Max,
            Min = metric.Spec.Min,
            ConsecutiveNoData = noData,
            NoDataAt = running?.Value is Measurement.NoData ? running.FinishedAt : context.Committed?.NoDataAt,
        };
        if (status.Verdict == Verdict.Fail) return status;
        if (NoDataRow.IsFailure(noData, metric.OnNoData)) return status with { Verdict = Verdict.Fail, Message = $"{metric.Name}: no usable answer {noData} times in a row" };

        return running?.Value switch
        {
            Measurement.Scalar scalar => With(context, metric, status, scalar),
            Measurement.NoData none => status with { Verdict = Verdict.Inconclusive, Message = ErrorRateMessage.For(metric.Name, none, noData) },
            _ => status with { Message = status.Message ?? $"{metric.Name}: not measured yet" },
        };
    }

    private static MetricStatus With(MetricContext context, MetricPlan.Threshold metric, MetricStatus status, Measurement.Scalar scalar)
    {
        var bounds = new ThresholdBounds(metric.Min, metric.Max, metric.Failures);
        var value = scalar.Value.ToString("G6");
        var counted = scalar.At > (status.MeasuredAt ?? DateTimeOffset.MinValue);
        if (bounds.IsBreachedBy(scalar.Value))
        {
            // A breach is counted once, however often its measurement is looked at.
            var breaches = counted ? status.ConsecutiveBreaches + 1 : status.ConsecutiveBreaches;
            var fails = breaches >= metric.Failures;
            return status with
            {
                Value = value,
                ConsecutiveBreaches = breaches,
                LastBreachAt = counted ? scalar.At : status.LastBreachAt,
                MeasuredAt = counted ? scalar.At : status.MeasuredAt,
                Verdict = fails ? Verdict.Fail : Verdict.Inconclusive,
                Message = $"{metric.Name} {value} is out of bounds ({Bounds(metric)}), {breaches} of {metric.Failures} in a row",
            };
        }

        var goodSince = Latest(context.Release.Step?.StartedAt, status.LastBreachAt);
        var minDuration = MinDurationOf(context);
        var passes = goodSince is { } since && scalar.At >= since + minDuration;
        return status with
        {
            Value = value,
            ConsecutiveBreaches = 0,
            MeasuredAt = counted ? scalar.At : status.MeasuredAt,
            Verdict = passes ? Verdict.Pass : Verdict.Inconclusive,
            Message = $"{metric.Name} {value} is within bounds ({Bounds(metric)})",
        };
    }

    private static TimeSpan MinDurationOf(MetricContext context) =>
        context.Release.Step is { Kind: StepKind.Analysis } step && context.Pass.ReleasePlan?.Steps.ElementAtOrDefault(step.Index) is PlanStep.Analysis analysis
            ? analysis.MinDuration
            : TimeSpan.Zero;

    private static DateTimeOffset? Latest(DateTimeOffset? left, DateTimeOffset? right) => left is { } l && right is { } r ? (l > r ? l : r) : left ?? right;

    private static string Bounds(MetricPlan.Threshold metric) => (metric.Spec.Min, metric.Spec.Max) switch
    {
        ({ } min, { } max) => $"{min} to {max}",
        ({ } min, null) => $"min {min}",
        (null, { } max) => $"max {max}",
        _ => "none",
    };
}
