using Sluice.Api;
using Sluice.Operator.Metrics;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Segments: what was counted is what was there, each request once; a segment's counts never fall, and it ends with its weight. The verdict recorded is the one that the
/// document's formulas give for the counts recorded.
/// </summary>
internal sealed class Evidence(ReleaseWorld world, Answers answers) : IPromise
{
    /// <summary>Of one metric; and of all of a release together, which share it.</summary>
    private const int MaxSegments = 24;
    private const int MaxSegmentsInAll = 100;

    /// <summary>Counts have two decimals.</summary>
    private const double Rounding = 0.011;

    private readonly Records records = new(world);
    private bool hadWrongClocks;

    public void Check(Write write)
    {
        hadWrongClocks |= write.IsTheOperators && write.At != write.Clock;
        if (!write.IsReport(out var before, out var after) || before.Status?.Release is not { } old || after.Status?.Release is not { } next || old.Name != next.Name) return;
        if (records.RecordOf(before) is not { Spec.Analysis: { } analysis } record) return;

        var kept = Math.Min(MaxSegments, MaxSegmentsInAll / Math.Max(1, analysis.Metrics.Count(metric => metric.ErrorRate is not null)));
        foreach (var metric in next.Analysis.Where(metric => metric.Segments.Count > 0))
        {
            var was = old.Analysis.FirstOrDefault(known => known.Name == metric.Name);
            var planned = analysis.Metrics.FirstOrDefault(candidate => candidate.Name == metric.Name);
            if (planned?.ErrorRate is null || (was is not null && was.Verdict == metric.Verdict && was.Segments.SequenceEqual(metric.Segments))) continue;

            Promise.Keep(old.Stage is not (Stage.RollingBack or Stage.Finishing), "the evidence stays as it was when the release turned back", $"{metric.Name} in {old.Stage}");
            CheckOrder(metric, was, kept);
            CheckWeight(before, after, old, metric);
            foreach (var segment in metric.Segments) CheckTruth(after, old, metric, segment, kept);
            CheckSums(metric);

            // Where several lead, each goes by its own newest answer, though the one that is none was counted before another had a good one.
            var isDeaf = metric.ConsecutiveNoData > 0 || answers.Newest(write.Committed.UserAgent, after, old, metric.Name)?.Value is MeasurementValue.NoData;
            EvidenceReference.Check(record, old, was, metric, planned.ErrorRate, isDeaf);
        }
    }

    private void CheckOrder(MetricStatus metric, MetricStatus? was, int kept)
    {
        Promise.Keep(metric.Segments.Count <= kept, "at most 24 segments are kept, and 100 in all", $"{metric.Name} has {metric.Segments.Count}");
        for (var index = 0; index < metric.Segments.Count; index++)
        {
            var (segment, isLast) = (metric.Segments[index], index == metric.Segments.Count - 1);
            Promise.Keep(segment.To >= segment.From && !(segment.To > segment.ClosedAt) && (isLast || segment.ClosedAt is not null), "a segment has one beginning and one end, and only the last is open", $"{metric.Name}: {Describe(segment)}");
            if (index > 0) Promise.Keep(segment.Ordinal > metric.Segments[index - 1].Ordinal && segment.From >= metric.Segments[index - 1].ClosedAt, "segments follow each other", $"{metric.Name}: {Describe(segment)} after {Describe(metric.Segments[index - 1])}");
        }

        foreach (var known in was?.Segments ?? []) CheckKept(metric, known, was!, kept);
    }

    private void CheckKept(MetricStatus metric, SegmentStatus known, MetricStatus was, int kept)
    {
        if (metric.Segments.FirstOrDefault(segment => segment.From == known.From) is not { } segment)
        {
            Promise.Keep(known.To == known.From || was.Segments.Count >= kept - 1, "what was counted is kept", $"{metric.Name}: {Describe(known)} is gone");
            return;
        }

        // What a clock that is ahead takes for newer may be older than what another leader had.
        Promise.Keep(hadWrongClocks || segment.To >= known.To && segment.Canary.Requests >= known.Canary.Requests && segment.Canary.Errors >= known.Canary.Errors && segment.Stable.Requests >= known.Stable.Requests && segment.Stable.Errors >= known.Stable.Errors, "a segment's counts never fall", $"{metric.Name}: {Describe(known)} became {Describe(segment)}");
        var isMerged = segment.ClosedAt > known.ClosedAt;
        if (known.ClosedAt is null || isMerged) return;
        Promise.Keep(segment.ClosedAt == known.ClosedAt && segment.Weight == known.Weight && segment.CanaryReady == known.CanaryReady && segment.StableReady == known.StableReady, "a segment that has ended stays as it is", $"{metric.Name}: {Describe(known)} became {Describe(segment)}");
    }

    /// <summary>The segment that is being filled is of the present weight: of the plan's where the pods carry it, and behind Services of the real one, though somebody else may have set it.</summary>
    private void CheckWeight(Rollout before, Rollout after, ReleaseProgress old, MetricStatus metric)
    {
        if (metric.Segments[^1] is not { ClosedAt: null } open) return;

        var planned = old.Stage is Stage.Promoting or Stage.Soaking ? 100 : before.Status!.Canary?.Weight ?? 0;
        var weight = old.Stage != Stage.Soaking && records.PlanOf(before).IsRouted ? after.Status!.Canary?.ActualWeight ?? planned : planned;
        Promise.Keep(open.Weight == weight, "a segment ends with its weight", $"{metric.Name} counts at {open.Weight}%, the weight is {weight}%");
    }

    private void CheckTruth(Rollout rollout, ReleaseProgress old, MetricStatus metric, SegmentStatus segment, int kept)
    {
        if (segment.To == segment.From) return;

        var isMerged = metric.Segments.Count >= kept - 1;
        foreach (var (revision, counts) in new[] { (old.Revision, segment.Canary), (old.PreviousRevision, segment.Stable) })
        {
            if (revision is null) continue;
            CheckCount(false, revision, counts.Requests);
            CheckCount(true, revision, counts.Errors);
        }

        void CheckCount(bool errors, string revision, double counted)
        {
            var least = Growth(segment.To);
            var most = Growth(segment.To.AddSeconds(1));
            Promise.Keep(counted <= most + Rounding && (isMerged || world.Disturbance is null || counted >= least - Rounding), "what is counted is what was there, once", $"{metric.Name}: {counted} {(errors ? "errors" : "requests")} of {revision} in {Describe(segment)}, there were {least} to {most}");

            double Growth(DateTimeOffset until) => world.Prometheus.SeriesOf(rollout.Metadata.Name!, revision).Sum(pod => (errors ? pod.Errors : pod.Requests).Growth(segment.From, until));
        }
    }

    private static void CheckSums(MetricStatus metric)
    {
        var (requests, errors) = (metric.Segments.Sum(segment => Math.Max(segment.Canary.Requests, segment.Canary.Errors)), metric.Segments.Sum(segment => segment.Canary.Errors));
        Promise.Keep(Math.Abs((metric.Requests ?? 0) - requests) <= 0.06 && Math.Abs((metric.Errors ?? 0) - errors) <= 0.06, "the evidence is that of the segments", $"{metric.Name}: {metric.Errors} of {metric.Requests}, in the segments {errors} of {requests}");
    }

    private static string Describe(SegmentStatus segment) =>
        $"segment {segment.Ordinal} from {segment.From:HH:mm:ss} to {segment.To:HH:mm:ss} (ends {segment.ClosedAt:HH:mm:ss}) at {segment.Weight}% with {segment.CanaryReady}+{segment.StableReady} pods, {segment.Canary.Errors}/{segment.Canary.Requests} and {segment.Stable.Errors}/{segment.Stable.Requests}";
}
