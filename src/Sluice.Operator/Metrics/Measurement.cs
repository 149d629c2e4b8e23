namespace Sluice.Operator.Metrics;

/// <summary>What a metric asks of its source.</summary>
public abstract record MetricQuery
{
    private MetricQuery() { }

    /// <summary>
    /// A counter's name, with label matchers if need be (<c>http_requests_total{service="x"}</c>), and the matchers that make an error of it
    /// (<c>code=~"5.."</c>).
    /// </summary>
    public sealed record ErrorRateCounter(string Counter, string Errors) : MetricQuery;

    /// <summary>PromQL with placeholders; each yields a count over the window, for the pods given.</summary>
    public sealed record ErrorRateQueries(string Errors, string Total) : MetricQuery;

    /// <summary>PromQL with placeholders that yields one number.</summary>
    public sealed record Threshold(string Query) : MetricQuery;
}

public enum MeasurementKind
{
    /// <summary>The segment that goes on: measured up to now − delay.</summary>
    Running,

    /// <summary>A segment that has ended: measured up to its end, once that is delay ago.</summary>
    Closed,

    /// <summary>Stable's errors in bins of a minute, for the dispersion.</summary>
    History,
}

/// <summary>"Measure this metric of this Rollout in the segment from..to."</summary>
public sealed record MeasurementRequest
{
    public required MeasuredRollout Rollout { get; init; }

    /// <summary>The metric's name in the spec.</summary>
    public required string Metric { get; init; }

    /// <summary>The metric source's name.</summary>
    public required string Source { get; init; }

    public required MetricQuery Query { get; init; }

    public required string CanaryRevision { get; init; }

    /// <summary>Null when there is no stable side: its counts are then 0.</summary>
    public string? StableRevision { get; init; }

    /// <summary>Start of the segment, or of the history.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the segment or of the history; null: as far as now − <see cref="Delay"/> reaches.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How far behind now a measurement ends at the least.</summary>
    public TimeSpan Delay { get; init; }

    public MeasurementKind Kind { get; init; }

    /// <summary>The template's args.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a measurement gave.</summary>
public abstract record MeasurementValue
{
    private MeasurementValue() { }

    /// <summary>
    /// Requests and errors of both sides from the segment's start to one instant. Finite, not negative, errors never more than requests;
    /// not always whole, as Prometheus extrapolates. The canary's requests are more than 0 (else it is no data).
    /// </summary>
    public sealed record Counts(double CanaryRequests, double CanaryErrors, double StableRequests, double StableErrors) : MeasurementValue;

    /// <summary>A threshold metric's number; finite.</summary>
    public sealed record Scalar(double Value) : MeasurementValue;

    /// <summary>
    /// Stable's errors per bin, oldest first; bins in which the source knew nothing of stable's requests are left out, so that
    /// <c>Errors.Count × Bin</c> is the time known. A bin is one minute, or four scrape intervals where that is longer.
    /// </summary>
    public sealed record History(TimeSpan Bin, IReadOnlyList<double> Errors) : MeasurementValue;

    /// <summary>No answer: neither a pass nor a breach.</summary>
    public sealed record NoData(NoDataReason Reason) : MeasurementValue;
}

/// <summary>
/// A request (a reader compares its segment and revisions with the present ones), the instant that the value reaches to (never after now − delay,
/// nor after the end asked for), when the answer came, and the answer.
/// </summary>
public sealed record MeasurementResult(MeasurementRequest Request, DateTimeOffset At, DateTimeOffset FinishedAt, MeasurementValue Value);
