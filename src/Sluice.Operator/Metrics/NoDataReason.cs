using System.Globalization;

namespace Sluice.Operator.Metrics;

/// <summary>Why there is no number. <see cref="ToString"/> is fit for a status message: short, and free of credentials.</summary>
public abstract record NoDataReason
{
    private NoDataReason() { }

    /// <summary>A name for counting: few, fixed.</summary>
    public string Name => GetType().Name;

    protected abstract string Text { get; }

    public sealed override string ToString() => Text;

    public sealed record Empty : NoDataReason
    {
        protected override string Text => "no data";
    }

    public sealed record NotANumber : NoDataReason
    {
        protected override string Text => "NaN";
    }

    public sealed record Infinite : NoDataReason
    {
        protected override string Text => "infinite";
    }

    public sealed record SeveralSeries(int Count) : NoDataReason
    {
        protected override string Text => $"{Count.ToString(CultureInfo.InvariantCulture)} series where one is meant";
    }

    /// <summary>A redirect is one too: none is followed.</summary>
    public sealed record HttpError(int Status) : NoDataReason
    {
        protected override string Text => $"HTTP {Status.ToString(CultureInfo.InvariantCulture)}";
    }

    public sealed record Timeout : NoDataReason
    {
        protected override string Text => "timeout";
    }

    public sealed record TooLarge(long LimitBytes) : NoDataReason
    {
        protected override string Text => $"answer larger than {LimitBytes.ToString(CultureInfo.InvariantCulture)} bytes";
    }

    /// <summary>HTML, for example, from a proxy or a login page.</summary>
    public sealed record NotJson : NoDataReason
    {
        protected override string Text => "the answer is not Prometheus' JSON";
    }

    /// <summary>No conversation took place: connection refused, name not resolved, certificate not trusted, credentials unreadable.</summary>
    public sealed record Refused(string Why) : NoDataReason
    {
        protected override string Text => Why;
    }

    /// <summary>The age is the newest sample's; null when there is none at that instant.</summary>
    public sealed record Stale(TimeSpan? Age) : NoDataReason
    {
        protected override string Text => Age is { } age
            ? $"stale: newest sample is {((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture)}s old"
            : "stale: no sample of these pods at that time";
    }

    /// <summary>
    /// Not one series of either side has a sample from before the segment: the source was down, or is new. Then nothing tells what was counted
    /// within the segment from what was counted long before. Ends with the segment.
    /// </summary>
    public sealed record NoHistory : NoDataReason
    {
        protected override string Text => "the source knows nothing of these pods from before the segment";
    }

    /// <summary>Prometheus could not run the query, or its result is of a kind that is no number.</summary>
    public sealed record QueryError(string Message) : NoDataReason
    {
        protected override string Text => $"query error: {Message}";
    }
}
