using Sluice.Api;

namespace Sluice.Engine.Analysis;

/// <summary>Fixed bounds of a threshold metric, both inclusive; null where there is none.</summary>
/// <param name="Min">Smallest good value.</param>
/// <param name="Max">Largest good value.</param>
/// <param name="Failures">Breaches in a row that make a FAIL; at least 1.</param>
public sealed record ThresholdBounds(double? Min, double? Max, int Failures)
{
    public bool IsBreachedBy(double value) => value < Min || value > Max;
}

/// <summary>What follows from measurements without an answer.</summary>
public static class NoDataRow
{
    /// <summary>Measurements without an answer in a row that are a FAIL where the policy says so.</summary>
    public const int Limit = 3;

    /// <summary>Whether that many are a FAIL.</summary>
    public static bool IsFailure(int inARow, NoDataPolicy policy) => policy == NoDataPolicy.Fail && inARow >= Limit;
}
