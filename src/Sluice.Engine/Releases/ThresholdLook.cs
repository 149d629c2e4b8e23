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
        var hasTraffic = context.Conditions.IsMeasured;
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

        return status with
        {
            Value = value,
            ConsecutiveBreaches = 0,
            MeasuredAt = counted ? scalar.At : status.MeasuredAt,
            Verdict = VerdictOfGood(context, status, scalar.At),
            Message = $"{metric.Name} {value} is within bounds ({Bounds(metric)})",
        };
    }

    /// <summary>
    /// PASS once everything measured in the present analysis step was good for its minDuration. By time, not by number: the status is not written for each good
    /// measurement, so a restart could not go on counting. Outside of such a step nothing new is asked, and what has passed stays passed.
    /// </summary>
    private static Verdict VerdictOfGood(MetricContext context, MetricStatus status, DateTimeOffset at)
    {
        if (context.Release.Step is not { Kind: StepKind.Analysis, StartedAt: { } started } step) return status.Verdict;

        var since = status.LastBreachAt > started ? status.LastBreachAt.Value : started;
        var minDuration = (context.Pass.PlanInForce.Steps.ElementAtOrDefault(step.Index) as PlanStep.Analysis)?.MinDuration ?? TimeSpan.Zero;
        return at >= since + minDuration ? Verdict.Pass : Verdict.Inconclusive;
    }

    private static string Bounds(MetricPlan.Threshold metric) => (metric.Spec.Min, metric.Spec.Max) switch
    {
        ({ } min, { } max) => $"{min} to {max}",
        ({ } min, null) => $"min {min}",
        (null, { } max) => $"max {max}",
        _ => "none",
    };
}
