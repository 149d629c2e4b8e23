using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Queries;
using Sluice.Operator.Metrics.Queue;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Metrics;

/// <summary>Carries out one measurement: plans it, asks its source, and reads the answers as counts.</summary>
internal sealed class Measurer(MetricSourceOptions source, PrometheusClient client, TimeProvider time) : IMeasurer
{
    public async Task<MeasurementResult> MeasureAsync(MeasurementRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (Refusal(request) is { } error) return Result(now, No(new NoDataReason.QueryError(error.ToString())));

        return QueryBuilder.Plan(request, source, now) switch
        {
            Checked<QueryPlan>.Valid { Value: var plan } => await RunAsync(plan),
            Checked<QueryPlan>.Invalid invalid => Result(now, No(new NoDataReason.QueryError(invalid.Error.ToString()))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        async Task<MeasurementResult> RunAsync(QueryPlan plan) => plan switch
        {
            QueryPlan.CounterRows rows => Result(rows.At, ReadRows(rows, await client.QueryAsync(rows.Query, rows.At, cancellationToken))),
            QueryPlan.FourQueries four => Result(four.At, await AskFourAsync(four, cancellationToken)),
            QueryPlan.OneQuery one => Result(one.At, ReadNumber(await client.QueryAsync(one.Query, one.At, cancellationToken))),
            QueryPlan.Range range => Result(range.Last,
                ReadHistory(range.Step, await client.QueryRangeAsync(range.Query, range.First, range.Last, range.Step, cancellationToken))),
            QueryPlan.NothingToMeasure nothing => Result(nothing.At, No(new NoDataReason.Empty())),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        MeasurementResult Result(DateTimeOffset at, MeasurementValue value) => new(request, at, time.GetUtcNow(), value);
    }

    public void Dispose() => client.Dispose();

    /// <summary>The reconciler checks this before it asks; a source's limits must not hang on that.</summary>
    private SpecError? Refusal(MeasurementRequest request)
    {
        if (!source.Allows(request.Rollout.Namespace))
            return new SpecError("analysis.source", $"metric source {source.Name} is not open to namespace {request.Rollout.Namespace}");
        return QueryBuilder.Check(request.Query, request.Args, source, request.Rollout.Namespace);
    }

    private MeasurementValue ReadRows(QueryPlan.CounterRows plan, QueryAnswer answer)
    {
        if (answer is QueryAnswer.NoData none) return No(none.Reason);
        if (answer is not QueryAnswer.Vector vector) return No(new NoDataReason.NotJson());

        var rows = new Dictionary<string, double>();
        foreach (var sample in vector.Samples)
        {
            if (QueryAnswer.Finite(sample.Value) is QueryAnswer.NoData notFinite) return No(notFinite.Reason);
            if (!sample.Labels.TryGetValue(CounterQuery.RowLabel, out var name) || !rows.TryAdd(name, sample.Value))
                return No(new NoDataReason.SeveralSeries(vector.Samples.Count));
        }

        if (!rows.TryGetValue(RowNames.CanaryRequests, out var canaryRequests) || !rows.TryGetValue(RowNames.CanaryErrors, out var canaryErrors))
            return No(new NoDataReason.Empty());

        var stableRequests = 0.0;
        var stableErrors = 0.0;
        if (plan.HasStable && (!rows.TryGetValue(RowNames.StableRequests, out stableRequests) || !rows.TryGetValue(RowNames.StableErrors, out stableErrors)))
            return No(new NoDataReason.Empty());

        if (canaryRequests > 0 && !rows.ContainsKey(RowNames.KnownBefore)) return No(new NoDataReason.NoHistory());
        if (canaryRequests > 0 && Staleness(plan.At, rows) is { } stale) return No(stale);
        return ToCounts(canaryRequests, canaryErrors, stableRequests, stableErrors);
    }

    /// <summary>
    /// Five missed scrapes of all pods of both sides (and never less than 15 s, for a source that is a little late) say that the source has stopped,
    /// not that requests have.
    /// </summary>
    private NoDataReason.Stale? Staleness(DateTimeOffset at, Dictionary<string, double> rows)
    {
        if (!rows.TryGetValue(RowNames.NewestSample, out var newest)) return new NoDataReason.Stale(null);

        var age = (at.ToUnixTimeMilliseconds() / 1000.0) - newest;
        var limit = Math.Max(5 * source.ScrapeInterval.TotalSeconds, 15);
        return age <= limit ? null : new NoDataReason.Stale(TimeSpan.FromSeconds(Math.Min(age, 1e9)));
    }

    private async Task<MeasurementValue> AskFourAsync(QueryPlan.FourQueries plan, CancellationToken cancellationToken)
    {
        var counts = new double[4];
        string?[] queries = [plan.CanaryTotal, plan.CanaryErrors, plan.StableTotal, plan.StableErrors];
        for (var i = 0; i < queries.Length; i++)
        {
            if (queries[i] is not { } query) continue;

            var answer = (await client.QueryAsync(query, plan.At, cancellationToken)).AsNumber();
            switch (answer)
            {
                case QueryAnswer.Scalar scalar:
                    counts[i] = scalar.Value;
                    break;
                case QueryAnswer.NoData { Reason: NoDataReason.Empty } when i > 0:
                    // No series of errors while there are requests is zero errors; no series of stable's is a side without traffic.
                    break;
                case QueryAnswer.NoData none:
                    return No(none.Reason);
            }
        }

        return ToCounts(counts[0], counts[1], counts[2], counts[3]);
    }

    /// <summary>Errors are a part of the requests; free queries and extrapolation can say otherwise by a little, or by a mistake in them.</summary>
    private static MeasurementValue ToCounts(double canaryRequests, double canaryErrors, double stableRequests, double stableErrors)
    {
        if (canaryRequests < 0 || canaryErrors < 0 || stableRequests < 0 || stableErrors < 0)
            return No(new NoDataReason.QueryError("a count is negative"));
        if (canaryRequests == 0) return No(new NoDataReason.Empty());
        return new MeasurementValue.Counts(canaryRequests, Math.Min(canaryErrors, canaryRequests), stableRequests, Math.Min(stableErrors, stableRequests));
    }

    private static MeasurementValue ReadNumber(QueryAnswer answer) => answer.AsNumber() switch
    {
        QueryAnswer.Scalar scalar => new MeasurementValue.Scalar(scalar.Value),
        QueryAnswer.NoData none => No(none.Reason),
        _ => No(new NoDataReason.NotJson()),
    };

    private static MeasurementValue ReadHistory(TimeSpan bin, QueryAnswer answer)
    {
        switch (answer)
        {
            case QueryAnswer.NoData none:
                return No(none.Reason);
            case QueryAnswer.Matrix { Series.Count: 0 }:
                return No(new NoDataReason.Empty());
            case QueryAnswer.Matrix { Series.Count: 1 } matrix:
                var errors = matrix.Series[0].Select(point => point.Value).ToList();
                if (errors.Exists(double.IsNaN)) return No(new NoDataReason.NotANumber());
                if (errors.Exists(double.IsInfinity)) return No(new NoDataReason.Infinite());
                if (errors.Exists(value => value < 0)) return No(new NoDataReason.QueryError("a count is negative"));
                return new MeasurementValue.History(bin, errors);
            case QueryAnswer.Matrix matrix:
                return No(new NoDataReason.SeveralSeries(matrix.Series.Count));
            default:
                return No(new NoDataReason.NotJson());
        }
    }

    private static MeasurementValue.NoData No(NoDataReason reason) => new(reason);
}
