using Sluice.Api;
using Sluice.Engine.Analysis;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>What one look at the measurements of a release says.</summary>
internal sealed record AnalysisLook
{
    public static AnalysisLook Nothing { get; } = new() { Fresh = [], ToStore = [], Wishes = [], NextLook = null, IsDue = false, VerdictChanged = false };

    /// <summary>The metrics with everything that is known now: what decides.</summary>
    public required IReadOnlyList<MetricStatus> Fresh { get; init; }

    /// <summary>The metrics as the status shall have them: the committed ones while only their figures differ and no write is due.</summary>
    public required IReadOnlyList<MetricStatus> ToStore { get; init; }

    public required IReadOnlyList<Effect.Measure> Wishes { get; init; }

    /// <summary>When the next measurement is due, from now; null when nothing is measured.</summary>
    public required TimeSpan? NextLook { get; init; }

    /// <summary>Whether figures and messages may be written now.</summary>
    public required bool IsDue { get; init; }

    /// <summary>Whether a metric's verdict differs from the committed one.</summary>
    public required bool VerdictChanged { get; init; }

    /// <summary>The first metric that failed; null when none did.</summary>
    public MetricStatus? Failed => Fresh.FirstOrDefault(metric => metric.Verdict == Api.Verdict.Fail);

    public Verdict? Verdict => Fresh.Count == 0
        ? null
        : Failed is not null ? Api.Verdict.Fail : Fresh.All(metric => metric.Verdict == Api.Verdict.Pass) ? Api.Verdict.Pass : Api.Verdict.Inconclusive;

    /// <summary>The release with everything that is known of its metrics now; as it was where nothing is measured.</summary>
    public ReleaseProgress JudgedOf(ReleaseProgress release) => Fresh.Count == 0 ? release : release with { Analysis = Fresh };

    /// <summary>Looks at the release's metrics; nothing is measured on a first deployment, or before the canary can have traffic.</summary>
    public static AnalysisLook At(Pass pass, ReleasePlan? plan, ReleaseProgress release)
    {
        if (plan?.Analysis is not { Metrics.Count: > 0 } analysis || release.PreviousRevision is null) return Nothing;

        var conditions = ReleaseConditions.Of(pass, release);
        var looks = analysis.Metrics.Select(metric => Look(pass, analysis, metric, release, conditions)).ToList();
        var due = looks.Exists(look => look.IsStructural) || looks.Exists(look => IsDueAgain(pass, look.Committed));
        return new AnalysisLook
        {
            Fresh = [.. looks.Select(look => look.Fresh)],
            ToStore = [.. looks.Select(look => due || look.Committed is null ? look.Fresh : look.Committed)],
            Wishes = [.. looks.SelectMany(look => look.Wishes)],
            NextLook = looks.Min(look => look.NextLook),
            IsDue = due,
            VerdictChanged = looks.Exists(look => look.Fresh.Verdict != (look.Committed?.Verdict ?? Api.Verdict.Inconclusive)),
        };
    }

    private static MetricLook Look(Pass pass, AnalysisPlan plan, MetricPlan metric, ReleaseProgress release, SegmentConditions conditions)
    {
        var committed = release.Analysis.FirstOrDefault(status => status.Name == metric.Name);
        var context = new MetricContext(pass, plan, release, conditions, committed);
        return metric switch
        {
            MetricPlan.ErrorRate errorRate => ErrorRateLook.At(context, errorRate),
            MetricPlan.Threshold threshold => ThresholdLook.At(context, threshold),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool IsDueAgain(Pass pass, MetricStatus? committed) =>
        committed?.MeasuredAt is not { } measured || pass.Now - measured >= pass.Snapshot.ProgressInterval;
}

/// <summary>Weight and ready pods, as they are for the traffic now.</summary>
internal static class ReleaseConditions
{
    public static SegmentConditions Of(Pass pass, ReleaseProgress release)
    {
        var canary = pass.Snapshot.ReplicaSetOf(release.Revision)?.Ready ?? 0;
        var stable = pass.Snapshot.ReplicaSetOf(release.PreviousRevision)?.Ready ?? 0;
        var weight = release.Stage == Stage.Soaking ? 100 : pass.Traffic.Weight ?? (release.Stage == Stage.Promoting ? 100 : pass.Status.Canary?.Weight ?? 0);
        var share = canary == 0 && release.Stage != Stage.Soaking ? 0 : weight;
        return new SegmentConditions(share, canary, stable) { IsPreview = share == 0 && canary > 0 && pass.Traffic.IsPreviewing };
    }
}

/// <summary>All that a look at one metric needs.</summary>
internal sealed record MetricContext(Pass Pass, AnalysisPlan Plan, ReleaseProgress Release, SegmentConditions Conditions, MetricStatus? Committed)
{
    public DateTimeOffset Now => Pass.Now;

    /// <summary>How many metrics share the false alarms that are allowed, and the segments that a status bears.</summary>
    public int ErrorRates => Plan.Metrics.OfType<MetricPlan.ErrorRate>().Count();

    public Measured? Newest(string metric, MeasurementKind kind) => Pass.Snapshot.Measurements.FirstOrDefault(measured => measured.Metric == metric && measured.Kind == kind);

    public Effect.Measure Wish(MetricPlan metric, MeasurementKind kind, DateTimeOffset from, DateTimeOffset? to) => new(new MeasurementWish
    {
        Metric = metric,
        Source = Plan.Source,
        CanaryRevision = Release.Revision,
        StableRevision = Release.PreviousRevision,
        Kind = kind,
        From = from,
        To = to,
        Delay = Plan.Delay,
    });

    /// <summary>
    /// How many answers in a row were none, counting each answer once. Under Wait only the first is counted: nothing follows from the others, and the status
    /// need not be written for them.
    /// </summary>
    public int NoDataInARow(Measured? newest, NoDataPolicy policy)
    {
        var before = Committed?.ConsecutiveNoData ?? 0;
        if (newest?.Value is null) return before;
        if (newest.Value is not Analysis.Measurement.NoData) return 0;
        if (newest.FinishedAt <= Committed?.NoDataAt) return before;
        return policy == NoDataPolicy.Fail ? Math.Min(before + 1, Analysis.NoDataRow.Limit) : 1;
    }
}

/// <summary>What a look at one metric says.</summary>
/// <param name="Fresh">The metric as it is now.</param>
/// <param name="Committed">The metric as the status has it.</param>
/// <param name="IsStructural">Whether something changed that must not be lost: a segment, a count of breaches, the verdict.</param>
/// <param name="Wishes">What to measure.</param>
/// <param name="NextLook">When the next measurement is due, from now.</param>
internal sealed record MetricLook(MetricStatus Fresh, MetricStatus? Committed, bool IsStructural, IReadOnlyList<Effect.Measure> Wishes, TimeSpan? NextLook);
