using Sluice.Api;

namespace Sluice.Engine.Analysis;

/// <summary>What the status says about an errorRate metric, in one sentence.</summary>
public static class ErrorRateMessage
{
    // Below it the division of the counts is not worth a word.
    private const double NotableDispersion = 2;

    /// <summary>
    /// For instance "error-rate 0.12% of 3120 requests (max 1%), about 900 requests more needed, 3 min at this rate", or
    /// "error-rate 5.1% of 840 requests (max 1%, stable 0.1%): confidently above max".
    /// </summary>
    public static string For(string metric, Evidence evidence, ErrorRateBounds bounds, Forecast forecast)
    {
        if (evidence.Canary.Requests <= 0) return $"{metric}: no requests to the canary yet";

        var stable = evidence.Stable.Requests > 0 ? $", stable {Figures.Percent(evidence.Stable.ErrorRate)}" : "";
        var found = $"{metric} {Figures.Percent(evidence.Canary.ErrorRate)} of {Figures.Count(evidence.Canary.Requests)} requests (max {Figures.Percent(bounds.Max)}";
        var blame = evidence.StableAboveMax ? "; stable itself is confidently above max" : "";
        return evidence.Verdict switch
        {
            Verdict.Fail => $"{found}{stable}): {Cause(evidence, bounds)}{blame}",
            Verdict.Pass => $"{found}{stable}): confidently within max{blame}",
            _ when evidence.LeansAgainst => $"{found}{stable}), so far rather more than {Ratio(bounds)} times stable's: undecided{blame}",
            _ => $"{found}{(evidence.StableAboveMax ? stable : "")}), {Missing(evidence, bounds, forecast)}{blame}",
        };
    }

    /// <summary>For a measurement that was no answer, such as "error-rate: no usable answer (several series where one is meant), 3 in a row".</summary>
    public static string For(string metric, Measurement.NoData noData, int inARow)
    {
        var why = noData.Detail.Length == 0 ? Reason(noData.Reason) : noData.Detail;
        var row = inARow > 1 ? $", {inARow} in a row" : "";
        return $"{metric}: no usable answer ({why}){row}";
    }

    private static string Cause(Evidence evidence, ErrorRateBounds bounds) =>
        evidence.Cause == FailCause.WorseThanStable ? $"confidently more than {Ratio(bounds)} times stable's" : "confidently above max";

    private static string Missing(Evidence evidence, ErrorRateBounds bounds, Forecast forecast)
    {
        if (bounds.Max <= 0) return "a max of 0 can never be confirmed";
        if (forecast.Requests is not { } requests) return evidence.Canary.ErrorRate > bounds.Max ? "above max, not yet confidently" : "too near to max to tell";

        var time = forecast.Time is { } span ? $", {Figures.Duration(span)} at this rate" : "";
        var dispersion = evidence.Dispersion >= NotableDispersion ? $" (counts are divided by {Figures.Count(Math.Round(evidence.Dispersion, 1))}, as errors may come in clusters)" : "";
        return $"about {Figures.About(requests)} {(requests <= 1 ? "request" : "requests")} more needed{time}{dispersion}";
    }

    private static string Ratio(ErrorRateBounds bounds) => bounds.MaxRatioToStable.ToString("0.##");

    private static string Reason(NoDataReason reason) => reason switch
    {
        NoDataReason.Empty => "empty result",
        NoDataReason.NotANumber => "NaN",
        NoDataReason.Infinite => "infinite",
        NoDataReason.SeveralSeries => "several series where one is meant",
        NoDataReason.HttpError => "the source failed",
        NoDataReason.Timeout => "timeout",
        NoDataReason.Stale => "stale data",
        NoDataReason.NoHistory => "the pods were not known yet when the segment began",
        NoDataReason.Malformed => "malformed answer",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
