namespace Sluice.Engine.Analysis;

/// <summary>Why a measurement is no answer. None of these is a pass and none is a breach.</summary>
public enum NoDataReason
{
    /// <summary>The query's result is empty, or a total that must be positive is.</summary>
    Empty,

    NotANumber,

    Infinite,

    /// <summary>Several series where one is meant.</summary>
    SeveralSeries,

    /// <summary>The source refused, failed, or could not be reached.</summary>
    HttpError,

    Timeout,

    /// <summary>The newest sample is older than the measurement.</summary>
    Stale,

    /// <summary>The source knew none of the pods before the segment began: what grew in it cannot be told from what had been counted before.</summary>
    NoHistory,

    /// <summary>The answer is not what the source's protocol says: HTML, a string, a negative count.</summary>
    Malformed,
}

/// <summary>The outcome of one measurement.</summary>
public abstract record Measurement
{
    private Measurement()
    {
    }

    /// <summary>Counts from a segment's start to one instant.</summary>
    /// <param name="From">The start of the segment that was measured.</param>
    /// <param name="To">Where the measured time ends.</param>
    /// <param name="Canary">Counts of the canary's pods.</param>
    /// <param name="Stable">Counts of the stable pods; no requests where stable has no traffic.</param>
    public sealed record Counts(DateTimeOffset From, DateTimeOffset To, RequestCount Canary, RequestCount Stable) : Measurement;

    /// <summary>The answer of a threshold's query.</summary>
    public sealed record Scalar(DateTimeOffset At, double Value) : Measurement;

    /// <summary>No answer.</summary>
    /// <param name="Reason">What was wrong with it.</param>
    /// <param name="Detail">The same with its particulars, for a person ("HTTP 503"); empty where there are none.</param>
    public sealed record NoData(NoDataReason Reason, string Detail = "") : Measurement;

    /// <summary>A threshold's answer; NaN and ±Inf are none.</summary>
    public static Measurement OfScalar(DateTimeOffset at, double value) => NotFinite(value) is { } reason ? new NoData(reason) : new Scalar(at, value);

    /// <summary>
    /// Counts, unless one is NaN, ±Inf or negative, or the canary's total is empty: zero requests say nothing about it. No requests to stable are an answer
    /// (weight 100), and so are no errors.
    /// </summary>
    public static Measurement OfCounts(DateTimeOffset from, DateTimeOffset to, RequestCount canary, RequestCount stable)
    {
        double[] values = [canary.Requests, canary.Errors, stable.Requests, stable.Errors];
        if (values.Select(NotFinite).FirstOrDefault(reason => reason is not null) is { } notFinite) return new NoData(notFinite);
        if (values.Any(value => value < 0)) return new NoData(NoDataReason.Malformed, "a negative count");
        if (canary.Requests == 0) return new NoData(NoDataReason.Empty, "no requests to the canary");
        return new Counts(from, to, canary, stable);
    }

    private static NoDataReason? NotFinite(double value) =>
        double.IsNaN(value) ? NoDataReason.NotANumber : double.IsInfinity(value) ? NoDataReason.Infinite : null;
}
