namespace Sluice.Operator.Metrics.Queries;

/// <summary>What to ask Prometheus for one measurement.</summary>
internal abstract record QueryPlan
{
    private QueryPlan() { }

    /// <summary>One instant query whose rows are named as in <see cref="RowNames"/>.</summary>
    public sealed record CounterRows(string Query, DateTimeOffset At, bool HasStable) : QueryPlan;

    /// <summary>An instant query each; the stable ones are null when there is no stable side.</summary>
    public sealed record FourQueries(string CanaryTotal, string CanaryErrors, string? StableTotal, string? StableErrors, DateTimeOffset At) : QueryPlan;

    public sealed record OneQuery(string Query, DateTimeOffset At) : QueryPlan;

    /// <summary>A range query: a point at <paramref name="First"/> and each <paramref name="Step"/> after it up to <paramref name="Last"/>.</summary>
    public sealed record Range(string Query, DateTimeOffset First, DateTimeOffset Last, TimeSpan Step) : QueryPlan;

    /// <summary>The segment is not even a second long, or there is no stable side to have a history.</summary>
    public sealed record NothingToMeasure(DateTimeOffset At) : QueryPlan;
}

internal static class RowNames
{
    public const string CanaryRequests = "canary_requests";
    public const string CanaryErrors = "canary_errors";
    public const string StableRequests = "stable_requests";
    public const string StableErrors = "stable_errors";
    public const string NewestSample = "newest_sample";
    public const string KnownBefore = "known_before";
}
