using System.Diagnostics.Metrics;

namespace Sluice.Operator.Metrics;

/// <summary>The operator's own metrics about the queries it sends. Labels are few and fixed: the source's name, the kind of outcome.</summary>
internal sealed class MetricQueryInstruments
{
    public const string MeterName = "Sluice.Metrics";

    private readonly Counter<long> _queries;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _dropped;

    public MetricQueryInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _queries = meter.CreateCounter<long>("sluice_metric_queries_total", description: "Queries sent to metric sources, by outcome.");
        _duration = meter.CreateHistogram("sluice_metric_query_duration_seconds", "s", "Time from a query to its answer, or to giving up.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _dropped = meter.CreateCounter<long>("sluice_metric_requests_dropped_total", description: "Measurements not queued because a source's queue was full.");
    }

    public void Record(string source, string outcome, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("source", source);
        _queries.Add(1, tag, new KeyValuePair<string, object?>("outcome", outcome));
        _duration.Record(duration.TotalSeconds, tag);
    }

    public void Drop(string source) => _dropped.Add(1, new KeyValuePair<string, object?>("source", source));
}
