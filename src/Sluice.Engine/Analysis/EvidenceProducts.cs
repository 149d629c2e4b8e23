namespace Sluice.Engine.Analysis;

/// <summary>
/// The likelihood-ratio products of the evidence, as logarithms. Each product is a nonnegative martingale with mean 1 (or less) while its null hypothesis
/// holds, so a mean of them over a grid is one too.
/// </summary>
internal static class EvidenceProducts
{
    private static readonly double[] Lambdas = [1.5, 2, 3, 5, 10];
    private static readonly double[] FailMultiples = [1.5, 2, 3, 5, 10, 30, 90];
    private static readonly double[] PassMultiples = [0, 0.1, 0.3, 0.6];

    private const double HighestRate = 0.999;

    /// <summary>
    /// ln Rⱼ(τ) for every start j: given K errors of both sides in a segment, the number of the canary's is binomial; against "its rate is at most τ times
    /// stable's" stands "λτ times". R does not depend on the error rate itself, so an outage of both sides is no evidence.
    /// </summary>
    public static double[] Relative(IReadOnlyList<Segment> counts, double ratio) => MeanFromEachStart(counts, Lambdas, (segment, lambda) =>
    {
        var requests = segment.Canary.Requests + segment.Stable.Requests;
        if (requests <= 0) return 0;

        var q = segment.Canary.Requests / requests;
        var errors = segment.Canary.Errors + segment.Stable.Errors;
        return LogSum.Times(segment.Canary.Errors, Math.Log(lambda)) + LogSum.Times(errors, Math.Log((ratio * q + 1 - q) / (lambda * ratio * q + 1 - q)));
    });

    /// <summary>ln Aⱼ for every start j: against "the error rate is at most p₀" stand the multiples of p₀, capped at 0.999.</summary>
    public static double[] Absolute(IReadOnlyList<Segment> counts, double max, Func<Segment, RequestCount> side)
    {
        if (max >= HighestRate) return new double[counts.Count];
        if (max <= 0) return FirstErrorFromEachStart(counts, side);

        return MeanFromEachStart(counts, FailMultiples, (segment, multiple) => LogRatio(side(segment), Math.Min(multiple * max, HighestRate), max));
    }

    /// <summary>ln P over all the segments given: against "the error rate is at least p₀" stand fractions of p₀. −∞ at p₀ = 0, +∞ at p₀ ≥ 1 once there are requests.</summary>
    public static double Within(IReadOnlyList<Segment> counts, double max)
    {
        if (max <= 0) return double.NegativeInfinity;
        if (max >= 1) return counts.Any(segment => segment.Canary.Requests > 0) ? double.PositiveInfinity : 0;

        return LogSum.Mean([.. PassMultiples.Select(multiple => counts.Sum(segment => LogRatio(segment.Canary, multiple * max, max)))]);
    }

    /// <summary>What one more request adds, on average, to each of the products of <see cref="Within"/> at a given error rate.</summary>
    public static IReadOnlyList<double> WithinPerRequest(double errorRate, double max) =>
        [.. PassMultiples.Select(multiple => LogRatio(new RequestCount(1, errorRate), multiple * max, max))];

    /// <summary>The logarithms of the products of <see cref="Within"/>, one for each point of its grid.</summary>
    public static IReadOnlyList<double> WithinByGrid(IReadOnlyList<Segment> counts, double max) =>
        [.. PassMultiples.Select(multiple => counts.Sum(segment => LogRatio(segment.Canary, multiple * max, max)))];

    // (p/p₀)^x · ((1−p)/(1−p₀))^(n−x)
    private static double LogRatio(RequestCount count, double rate, double nullRate) =>
        LogSum.Times(count.Errors, Math.Log(rate / nullRate)) + LogSum.Times(count.Requests - count.Errors, Math.Log((1 - rate) / (1 - nullRate)));

    private static double[] FirstErrorFromEachStart(IReadOnlyList<Segment> counts, Func<Segment, RequestCount> side)
    {
        var logs = new double[counts.Count];
        for (var j = counts.Count - 1; j >= 0; j--)
        {
            var later = j + 1 < counts.Count ? logs[j + 1] : 0;
            logs[j] = side(counts[j]).Errors > 0 ? double.PositiveInfinity : later;
        }

        return logs;
    }

    private static double[] MeanFromEachStart(IReadOnlyList<Segment> counts, double[] grid, Func<Segment, double, double> logFactor)
    {
        var products = new double[grid.Length];
        var means = new double[counts.Count];
        for (var j = counts.Count - 1; j >= 0; j--)
        {
            for (var i = 0; i < grid.Length; i++) products[i] += logFactor(counts[j], grid[i]);
            means[j] = LogSum.Mean(products);
        }

        return means;
    }
}
