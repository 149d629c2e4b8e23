using System.Globalization;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Metrics.Queries;

/// <summary>From a measurement that is wished for to the queries that give it. Pure: <c>now</c> is a value.</summary>
internal static class QueryBuilder
{
    /// <summary>No history is longer than a day: bins are at least a minute, so an answer has at most 1,440 points.</summary>
    private static readonly TimeSpan LongestHistory = TimeSpan.FromDays(1);

    /// <summary>
    /// The measurement ends at the earlier of the end asked for and now − delay. Start and end are cut to whole seconds: so consecutive segments
    /// meet, and the window in the query is exactly the segment.
    /// </summary>
    public static Checked<QueryPlan> Plan(MeasurementRequest request, MetricSourceOptions source, DateTimeOffset now)
    {
        var latest = now - request.Delay;
        var end = WholeSeconds(request.To is { } to && to < latest ? to : latest);
        if (request.Kind == MeasurementKind.History) return PlanHistory(request, source, end);

        var window = (long)(end - WholeSeconds(request.From)).TotalSeconds;
        if (window < 1) return Valid(new QueryPlan.NothingToMeasure(request.From));

        return request.Query switch
        {
            MetricQuery.ErrorRateCounter counter => PlanCounter(request, counter, source, window, end),
            MetricQuery.ErrorRateQueries queries => PlanFourQueries(request, queries, window, end),
            MetricQuery.Threshold threshold => Render("threshold.query", threshold.Query, request, request.CanaryRevision, window)
                .Map(query => (QueryPlan)new QueryPlan.OneQuery(query, end)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What is wrong with a metric whatever the time and the revision, or null.</summary>
    public static SpecError? Check(MetricQuery query, IReadOnlyDictionary<string, string> args, MetricSourceOptions source, string @namespace)
    {
        if (query is not MetricQuery.ErrorRateCounter && !source.AllowQueries)
        {
            var field = query is MetricQuery.Threshold ? "threshold.query" : "errorRate.queries";
            return new SpecError(field, $"metric source {source.Name} allows counters only, no queries");
        }

        var sample = new MeasurementRequest
        {
            Rollout = new MeasuredRollout(@namespace, "rollout", ""),
            Metric = "",
            Source = source.Name,
            Query = query,
            CanaryRevision = "0000000000",
            StableRevision = "1111111111",
            From = DateTimeOffset.UnixEpoch,
            Args = args,
        };
        return Plan(sample, source, DateTimeOffset.UnixEpoch.AddMinutes(1)) is Checked<QueryPlan>.Invalid invalid ? invalid.Error : null;
    }

    private static Checked<QueryPlan> PlanCounter(
        MeasurementRequest request, MetricQuery.ErrorRateCounter counter, MetricSourceOptions source, long window, DateTimeOffset at) =>
        ParseCounter(counter, request).Map(parsed =>
        {
            var (total, errors) = parsed;
            var canary = Of(source, request, PodPattern.Of(request.Rollout.Name, request.CanaryRevision));
            List<(string, string)> rows =
            [
                (RowNames.CanaryRequests, CounterQuery.Growth(total.With(canary), window)),
                (RowNames.CanaryErrors, CounterQuery.Growth(total.With([.. canary, .. errors]), window)),
            ];
            if (request.StableRevision is { } revision)
            {
                var stable = Of(source, request, PodPattern.Of(request.Rollout.Name, revision));
                rows.Add((RowNames.StableRequests, CounterQuery.Growth(total.With(stable), window)));
                rows.Add((RowNames.StableErrors, CounterQuery.Growth(total.With([.. stable, .. errors]), window)));
            }

            var either = PodPattern.OfEither(request.Rollout.Name, request.CanaryRevision, request.StableRevision);
            var ofEither = total.With(Of(source, request, either));
            rows.Add((RowNames.NewestSample, CounterQuery.NewestSample(ofEither)));
            rows.Add((RowNames.KnownBefore, CounterQuery.KnownBefore(ofEither, window)));
            return (QueryPlan)new QueryPlan.CounterRows(CounterQuery.Rows(rows), at, request.StableRevision is not null);
        });

    private static Checked<QueryPlan> PlanFourQueries(MeasurementRequest request, MetricQuery.ErrorRateQueries queries, long window, DateTimeOffset at)
    {
        Checked<string> Total(string revision) => Render("errorRate.queries.total", queries.Total, request, revision, window);
        Checked<string> Errors(string revision) => Render("errorRate.queries.errors", queries.Errors, request, revision, window);

        var canary = Total(request.CanaryRevision).Then(total => Errors(request.CanaryRevision).Map(errors => (Total: total, Errors: errors)));
        if (request.StableRevision is not { } stable)
            return canary.Map(c => (QueryPlan)new QueryPlan.FourQueries(c.Total, c.Errors, null, null, at));

        return canary.Then(c => Total(stable).Then(total => Errors(stable).Map(errors =>
            (QueryPlan)new QueryPlan.FourQueries(c.Total, c.Errors, total, errors, at))));
    }

    /// <summary>Bins end at the history's end and go back as far as whole bins fit.</summary>
    private static Checked<QueryPlan> PlanHistory(MeasurementRequest request, MetricSourceOptions source, DateTimeOffset end)
    {
        var bin = HistoryBin(source.ScrapeInterval);
        var seconds = (long)bin.TotalSeconds;
        var length = end - request.From < LongestHistory ? end - request.From : LongestHistory;
        var bins = (long)Math.Floor(length / bin);
        if (bins < 1 || request.StableRevision is not { } revision || request.Query is MetricQuery.Threshold)
            return Valid(new QueryPlan.NothingToMeasure(end));

        var first = end - ((bins - 1) * bin);
        return request.Query switch
        {
            MetricQuery.ErrorRateCounter counter => ParseCounter(counter, request).Map(parsed =>
            {
                var total = parsed.Total.With(Of(source, request, PodPattern.Of(request.Rollout.Name, revision)));
                return (QueryPlan)new QueryPlan.Range(CounterQuery.GrowthWhereKnown(total.With(parsed.Errors), total, seconds), first, end, bin);
            }),
            MetricQuery.ErrorRateQueries queries => Render("errorRate.queries.errors", queries.Errors, request, revision, seconds)
                .Map(query => (QueryPlan)new QueryPlan.Range(query, first, end, bin)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());

    /// <summary>A minute, or four scrape intervals where that is longer, in whole seconds.</summary>
    public static TimeSpan HistoryBin(TimeSpan scrapeInterval) => TimeSpan.FromSeconds(Math.Max(60, Math.Ceiling(4 * scrapeInterval.TotalSeconds)));

    private static Checked<(Selector Total, IReadOnlyList<LabelMatcher> Errors)> ParseCounter(MetricQuery.ErrorRateCounter counter, MeasurementRequest request) =>
        Fill("errorRate.counter", counter.Counter, request)
            .Then(text => SelectorParser.ParseSelector("errorRate.counter", text))
            .Then(total => Fill("errorRate.errors", counter.Errors, request)
                .Then(text => SelectorParser.ParseMatchers("errorRate.errors", text))
                .Map(errors => (total, errors)));

    /// <summary>The parser of selectors knows no braces but its own: a text without placeholders is left to it as it is.</summary>
    private static Checked<string> Fill(string field, string text, MeasurementRequest request) =>
        text.Contains("{{", StringComparison.Ordinal) ? Render(field, text, OfBothSides(request), request.Args) : new Checked<string>.Valid(text);

    private static LabelMatcher[] Of(MetricSourceOptions source, MeasurementRequest request, string pods) =>
        [new(source.NamespaceLabel, "=", request.Rollout.Namespace), new(source.PodLabel, "=~", pods)];

    private static Checked<string> Render(string field, string text, MeasurementRequest request, string revision, long window)
    {
        var values = OfBothSides(request);
        values["revision"] = revision;
        values["pods"] = PodPattern.Of(request.Rollout.Name, revision);
        values["window"] = window.ToString(CultureInfo.InvariantCulture) + "s";
        return Render(field, text, values, request.Args);
    }

    private static Checked<string> Render(string field, string text, OrderedDictionary<string, string> values, IReadOnlyDictionary<string, string> args)
    {
        foreach (var (name, value) in args)
        {
            if (!values.TryAdd(name, value))
                return new Checked<string>.Invalid(new SpecError("args", $"{name} is the operator's own name: choose another"));
        }

        return QueryTemplate.Render(field, text, values);
    }

    private static OrderedDictionary<string, string> OfBothSides(MeasurementRequest request) =>
        new() { ["namespace"] = request.Rollout.Namespace, ["rollout"] = request.Rollout.Name };

    private static Checked<QueryPlan> Valid(QueryPlan plan) => new Checked<QueryPlan>.Valid(plan);
}
