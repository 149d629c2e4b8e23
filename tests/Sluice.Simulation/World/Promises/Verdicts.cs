using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Operator.Metrics;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// A PASS rests on a usable answer that says so, and a FAIL on counted breaches or evidence; a FAIL is never taken back. An analysis step is left with a PASS of every
/// metric it asks for, by a person, or by onInconclusive at its maxDuration.
/// </summary>
internal sealed class Verdicts(ReleaseWorld world, Answers answers) : IPromise
{
    private readonly Records records = new(world);

    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after) || before.Status?.Release is not { } old || after.Status?.Release is not { } next || old.Name != next.Name) return;

        Promise.Keep(old.Verdict != Verdict.Fail || next.Verdict == Verdict.Fail, "a FAIL is never taken back", $"{old.Verdict} became {next.Verdict}");
        CheckPlace(next);
        if (records.RecordOf(before) is not { } record) return;

        foreach (var metric in next.Analysis)
        {
            var was = old.Analysis.FirstOrDefault(known => known.Name == metric.Name);
            Promise.Keep(was?.Verdict != Verdict.Fail || metric.Verdict == Verdict.Fail, "a FAIL is never taken back", $"{metric.Name}: {was?.Verdict} became {metric.Verdict}");
            Promise.Keep(metric.Verdict != Verdict.Pass || metric.ConsecutiveNoData == 0, "nothing passes while the last answer is none", $"{metric.Name} passes after {metric.ConsecutiveNoData} of them");
            if (record.Spec.Analysis?.Metrics.FirstOrDefault(planned => planned.Name == metric.Name) is not { } planned) continue;
            CheckCounts(write, after, old, planned, was, metric);
            if (metric.Verdict == Verdict.Pass && was?.Verdict != Verdict.Pass) CheckPass(write, after, old, record, planned, metric);
        }

        if (Advances.LeavesStep(old, next) && old.Step!.Kind == StepKind.Analysis) CheckLeft(write, before, after, new Plan(before, record), old, next);
    }

    /// <summary>Nothing goes on with a FAIL, and the release's verdict is that of its metrics.</summary>
    private static void CheckPlace(ReleaseProgress next)
    {
        var isFailed = next.Analysis.Any(metric => metric.Verdict == Verdict.Fail);
        Promise.Keep(!isFailed || next.Stage is Stage.RollingBack or Stage.Undoing or Stage.Finishing, "a FAIL rolls back", $"{next.Stage} with a metric that failed");
        Promise.Keep(!isFailed || next.Verdict == Verdict.Fail, "a release has failed with one of its metrics", $"{next.Verdict}");
        Promise.Keep(next.Verdict != Verdict.Pass || (next.Analysis.Count > 0 && next.Analysis.All(metric => metric.Verdict == Verdict.Pass)), "a release passes with every metric", $"{string.Join(", ", next.Analysis.Select(metric => $"{metric.Name} {metric.Verdict}"))}");
    }

    /// <summary>Breaches and missing answers are counted once each; as many in a row as the plan says are a FAIL, and no fewer.</summary>
    private void CheckCounts(Write write, Rollout after, ReleaseProgress old, MetricSpec planned, MetricStatus? was, MetricStatus metric)
    {
        var (breaches, missing) = answers.InARow(after, old, planned);
        if (world.Disturbance is null) (breaches, missing) = (int.MaxValue, int.MaxValue);
        Promise.Keep(metric.ConsecutiveNoData <= missing, "an answer that is none is counted once", $"{metric.Name}: {metric.ConsecutiveNoData} in a row, {missing} were given");
        Promise.Keep(metric.ConsecutiveBreaches <= breaches, "a breach is counted once", $"{metric.Name}: {metric.ConsecutiveBreaches} in a row, {breaches} were measured");
        var isDeaf = planned.OnNoData == NoDataPolicy.Fail && metric.ConsecutiveNoData >= 3;
        if (planned.Threshold is { } threshold)
        {
            var isFailed = metric.ConsecutiveBreaches >= threshold.Failures || isDeaf || was?.Verdict == Verdict.Fail;
            Promise.Keep(metric.Verdict == Verdict.Fail == isFailed, "a threshold fails after its failures in a row, no sooner and no later", $"{metric.Name} is {metric.Verdict} after {metric.ConsecutiveBreaches} of {threshold.Failures}, {metric.ConsecutiveNoData} without an answer");
        }
        else
        {
            Promise.Keep(!isDeaf || metric.Verdict == Verdict.Fail, "three answers in a row that are none fail where the plan says so", $"{metric.Name} is {metric.Verdict} after {metric.ConsecutiveNoData}");
        }

        if (world.Disturbance != TimeSpan.Zero || Same(was, metric) || planned.OnNoData != NoDataPolicy.Fail || old.Stage != Stage.Stepping) return;
        Promise.Keep(metric.ConsecutiveNoData == Math.Min(3, missing), "every answer that is none is counted", $"{metric.Name}: {metric.ConsecutiveNoData} in a row of {missing}, {write.At:O}");
    }

    private static bool Same(MetricStatus? was, MetricStatus metric) => was is null || (was.MeasuredAt == metric.MeasuredAt && was.NoDataAt == metric.NoDataAt);

    /// <summary>No answer is never a pass; a threshold passes with a good one, after minDuration of good ones alone.</summary>
    private void CheckPass(Write write, Rollout after, ReleaseProgress old, Release record, MetricSpec planned, MetricStatus metric)
    {
        var newest = answers.Newest(write.Committed.UserAgent, after, old, metric.Name);

        // Without an answer about the present segment those about earlier ones count: the evidence is theirs.
        if (newest is null && planned.ErrorRate is not null) return;
        Promise.Keep(newest?.Value is MeasurementValue.Counts or MeasurementValue.Scalar, "no answer is never a PASS", $"{metric.Name} passes on {newest?.Value}");
        if (planned.Threshold is not { } threshold || newest?.Value is not MeasurementValue.Scalar scalar) return;

        Promise.Keep(!IsBreach(threshold, scalar.Value), "a PASS is within its bounds", $"{metric.Name} passes with {scalar.Value}");
        if (old.Step is not { Kind: StepKind.Analysis, StartedAt: { } started } step) return;

        var least = Plan.Span(new Plan(after, record).Steps[step.Index].Analysis!.MinDuration);
        var since = answers.LastBreach(write.Committed.UserAgent, after, old, planned) is { } breach && breach > started ? Floor(breach) : started;
        Promise.Keep(newest.At >= since + least, "a threshold passes with minDuration's measurements all good", $"{metric.Name} passes at {newest.At:O}, good since {since:O}, {least} asked for");
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    public static bool IsBreach(ThresholdMetric threshold, double value) =>
        (Ratio.TryParseScalar(threshold.Max, out var max) && value > max) || (Ratio.TryParseScalar(threshold.Min, out var min) && value < min);

    private static void CheckLeft(Write write, Rollout before, Rollout after, Plan plan, ReleaseProgress old, ReleaseProgress next)
    {
        var actions = AppliedDecisions.In(before, after);
        if (actions.Contains(DecisionAction.PromoteFull)) return;

        var step = plan.Steps[old.Step!.Index].Analysis!;
        if (actions.Contains(DecisionAction.Continue))
        {
            Promise.Keep(old.Reason == Reasons.AnalysisInconclusive, "a Continue ends an analysis that waits for a person", $"the step was {old.Reason}");
            return;
        }

        var asked = plan.Analysis?.Metrics.Where(metric => step.Metrics.Count == 0 || step.Metrics.Contains(metric.Name)).ToList() ?? [];
        var open = asked.Where(metric => next.Analysis.FirstOrDefault(known => known.Name == metric.Name)?.Verdict != Verdict.Pass).ToList();
        Promise.Keep(asked.Count > 0, "a step is left with a verdict", $"it asks for no metric");
        if (open.Count == 0) return;

        var isOver = write.Second >= old.Step.StartedAt + Plan.Span(step.MaxDuration);
        Promise.Keep(
            isOver && open.TrueForAll(metric => metric.OnInconclusive == InconclusivePolicy.Promote),
            "a step is left with a PASS of every metric, or by onInconclusive at its end",
            $"{string.Join(", ", open.Select(metric => $"{metric.Name} ({metric.OnInconclusive})"))} did not pass, {write.Clock - old.Step.StartedAt} of {step.MaxDuration} were over");
        Promise.Keep(next.Timeline[^1].Message?.StartsWith("not proven", StringComparison.Ordinal) == true, "a promotion without proof is never silent", $"{next.Timeline[^1].Message}");
    }
}
