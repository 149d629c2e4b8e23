namespace Sluice.Engine.Analysis;

/// <summary>What is still missing for a PASS if things go on as they are.</summary>
/// <param name="Requests">
/// Requests to the canary that are still needed at the present error rate; 0 when enough were counted, null when none suffice (too near to <c>max</c> to tell).
/// </param>
/// <param name="RequestsPerSecond">The canary's requests a second in the newest segment that was measured; 0 when unknown.</param>
public sealed record Forecast(double? Requests, double RequestsPerSecond)
{
    private const double Horizon = 1e12;

    /// <summary>How long the missing requests take at the present rate; null when they never come.</summary>
    public TimeSpan? Time => Requests switch
    {
        0 => TimeSpan.Zero,
        { } requests when RequestsPerSecond > 0 && requests / RequestsPerSecond < TimeSpan.MaxValue.TotalSeconds / 2 => TimeSpan.FromSeconds(requests / RequestsPerSecond),
        _ => null,
    };

    /// <summary>Looks ahead from <paramref name="evidence"/>, on the very grid that decides.</summary>
    /// <param name="evidence">The evidence computed from <paramref name="segments"/>.</param>
    /// <param name="segments">The release's segments.</param>
    /// <param name="bounds">As in <see cref="Evidence.Compute"/>.</param>
    /// <param name="presentSince">As in <see cref="Evidence.Compute"/>.</param>
    public static Forecast Of(Evidence evidence, IReadOnlyList<Segment> segments, ErrorRateBounds bounds, DateTimeOffset presentSince)
    {
        var newest = segments.LastOrDefault(segment => segment.To > segment.From);
        var rate = newest is null ? 0 : newest.Canary.Requests / (newest.To - newest.From).TotalSeconds;
        return new Forecast(Missing(evidence, segments, bounds, presentSince), rate);
    }

    private static double? Missing(Evidence evidence, IReadOnlyList<Segment> segments, ErrorRateBounds bounds, DateTimeOffset presentSince)
    {
        if (bounds.Max <= 0) return null;
        if (bounds.Max >= 1) return evidence.Canary.Requests > 0 ? 0 : 1;

        var perRequest = EvidenceProducts.WithinPerRequest(evidence.Canary.ErrorRate, bounds.Max);
        var overall = RequestsUntil(evidence.PassThreshold, evidence.Dispersion, segments, bounds.Max, perRequest);
        var present = RequestsUntil(evidence.PresentThreshold, evidence.Dispersion, [.. segments.Where(segment => segment.From >= presentSince)], bounds.Max, perRequest);
        return overall is { } a && present is { } b ? Math.Max(a, b) : null;
    }

    // ln P is a convex function of the requests to come (each product's logarithm is linear in them), so it crosses the threshold once.
    private static double? RequestsUntil(double threshold, double dispersion, IReadOnlyList<Segment> segments, double max, IReadOnlyList<double> perRequest)
    {
        var now = EvidenceProducts.WithinByGrid(segments, max);
        bool IsEnough(double requests) => LogSum.Mean([.. now.Zip(perRequest, (log, each) => (log + LogSum.Times(requests, each)) / dispersion)]) >= threshold;

        if (IsEnough(0)) return 0;
        if (!IsEnough(Horizon)) return null;

        var (low, high) = (0.0, 1.0);
        while (!IsEnough(high)) (low, high) = (high, high * 2);
        while (high - low > Math.Max(0.5, high * 1e-4))
        {
            var middle = (low + high) / 2;
            if (IsEnough(middle)) high = middle;
            else low = middle;
        }

        return Math.Ceiling(high);
    }
}
