using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Analysis;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Metrics;
using MeasurementKind = Sluice.Operator.Metrics.MeasurementKind;
using NoDataReason = Sluice.Operator.Metrics.NoDataReason;
using WishKind = Sluice.Engine.Observed.MeasurementKind;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Translates between the engine's wishes and the measurement queue.</summary>
internal static class MeasurementMapping
{
    public static MeasurementRequest RequestOf(Rollout rollout, MeasurementWish wish) => new()
    {
        Rollout = new MeasuredRollout(rollout.Metadata.Namespace ?? "", rollout.Metadata.Name ?? "", rollout.Metadata.Uid ?? ""),
        Metric = wish.Metric.Name,
        Source = wish.Source,
        Query = QueryOf(wish.Metric),
        Args = wish.Metric.Args,
        CanaryRevision = wish.CanaryRevision,
        StableRevision = wish.StableRevision,
        From = wish.From,
        To = wish.To,
        Delay = wish.Delay,
        Kind = KindOf(wish.Kind),
    };

    /// <summary>The newest answers that belong to the release in flight; those of an earlier one say nothing.</summary>
    public static IReadOnlyList<Measured> Newest(IReadOnlyList<MeasurementResult> results, ReleaseProgress? release) => release is null
        ? []
        : [.. results.Where(result => result.Request.CanaryRevision == release.Revision && result.FinishedAt >= release.StartedAt).Select(Of)];

    private static Measured Of(MeasurementResult result) => new()
    {
        Metric = result.Request.Metric,
        Kind = result.Request.Kind switch
        {
            MeasurementKind.Running => WishKind.Running,
            MeasurementKind.Closed => WishKind.Closed,
            MeasurementKind.History => WishKind.History,
            _ => throw new UnreachableException(),
        },
        FinishedAt = WholeSeconds(result.FinishedAt),
        Value = result.Value is MeasurementValue.History ? null : ValueOf(result),
        History = result.Value is MeasurementValue.History history ? new ErrorHistory(history.Bin, history.Errors) : null,
    };

    private static Measurement ValueOf(MeasurementResult result) => result.Value switch
    {
        MeasurementValue.Counts counts => Measurement.OfCounts(
            result.Request.From,
            WholeSeconds(result.At),
            new RequestCount(counts.CanaryRequests, counts.CanaryErrors),
            new RequestCount(counts.StableRequests, counts.StableErrors)),
        MeasurementValue.Scalar scalar => Measurement.OfScalar(WholeSeconds(result.At), scalar.Value),
        MeasurementValue.NoData none => new Measurement.NoData(ReasonOf(none.Reason), none.Reason.ToString()),
        _ => throw new UnreachableException(),
    };

    private static Engine.Analysis.NoDataReason ReasonOf(NoDataReason reason) => reason switch
    {
        NoDataReason.Empty => Engine.Analysis.NoDataReason.Empty,
        NoDataReason.NoHistory => Engine.Analysis.NoDataReason.NoHistory,
        NoDataReason.NotANumber => Engine.Analysis.NoDataReason.NotANumber,
        NoDataReason.Infinite => Engine.Analysis.NoDataReason.Infinite,
        NoDataReason.SeveralSeries => Engine.Analysis.NoDataReason.SeveralSeries,
        NoDataReason.Timeout => Engine.Analysis.NoDataReason.Timeout,
        NoDataReason.Stale => Engine.Analysis.NoDataReason.Stale,
        NoDataReason.NotJson or NoDataReason.TooLarge => Engine.Analysis.NoDataReason.Malformed,
        _ => Engine.Analysis.NoDataReason.HttpError,
    };

    private static MetricQuery QueryOf(MetricPlan metric) => metric switch
    {
        MetricPlan.ErrorRate { Spec: { Counter: { } counter } spec } => new MetricQuery.ErrorRateCounter(counter, spec.Errors ?? ""),
        MetricPlan.ErrorRate { Spec.Queries: { } queries } => new MetricQuery.ErrorRateQueries(queries.Errors, queries.Total),
        MetricPlan.Threshold threshold => new MetricQuery.Threshold(threshold.Spec.Query),
        _ => throw new UnreachableException(),
    };

    private static MeasurementKind KindOf(WishKind kind) => kind switch
    {
        WishKind.Running => MeasurementKind.Running,
        WishKind.Closed => MeasurementKind.Closed,
        WishKind.History => MeasurementKind.History,
        _ => throw new UnreachableException(),
    };

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
