namespace Sluice.Engine.Analysis;

/// <summary>What an error rate is held against.</summary>
/// <param name="Max">
/// p₀, the highest acceptable error rate, 0 to 1. At 0 the first error is beyond it and nothing can ever be confidently within it;
/// at 1 everything is within it and only the comparison with stable can fail.
/// </param>
/// <param name="MaxRatioToStable">τ, the highest acceptable ratio of the canary's error rate to stable's; 0 switches this bound off.</param>
public sealed record ErrorRateBounds(double Max, double MaxRatioToStable = 1.5);

/// <summary>How often a verdict may be wrong.</summary>
/// <param name="FalseAlarm">α: the chance that a canary within its bounds ever gets a FAIL. Between 0 and 1.</param>
/// <param name="MissedBad">β: the chance that a canary above <c>max</c> ever gets a PASS. Between 0 and 1.</param>
public sealed record Confidence(double FalseAlarm, double MissedBad)
{
    /// <summary>
    /// One metric's part: any metric may fail a release, so α is shared out (the union bound) over those that are judged by evidence, that is
    /// the errorRate ones. β is not shared: every metric must pass.
    /// </summary>
    public Confidence SharedOver(int errorRateMetrics)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(errorRateMetrics);
        return this with { FalseAlarm = FalseAlarm / errorRateMetrics };
    }
}
