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

/// <summary>What is known of a threshold metric between measurements.</summary>
/// <param name="Breaches">Breaches in a row. A measurement without an answer is none, and does not end the row either.</param>
/// <param name="Good">Good measurements in a row since the analysis step began; a measurement without an answer is not counted.</param>
/// <param name="Verdict">As of the last measurement. A FAIL stays one.</param>
public sealed record ThresholdState(int Breaches, int Good, Verdict Verdict)
{
    public static readonly ThresholdState Initial = new(0, 0, Verdict.Inconclusive);

    /// <summary>
    /// Takes a measurement in. FAIL after <c>failures</c> breaches in a row; PASS as soon as <paramref name="minDuration"/>'s worth of measurements are good
    /// in a row (⌈minDuration / interval⌉, at least one).
    /// </summary>
    public ThresholdState With(Measurement.Scalar measurement, ThresholdBounds bounds, TimeSpan minDuration, TimeSpan interval)
    {
        if (Verdict == Verdict.Fail) return this;
        if (bounds.IsBreachedBy(measurement.Value))
            return new ThresholdState(Breaches + 1, 0, Breaches + 1 >= bounds.Failures ? Verdict.Fail : Verdict.Inconclusive);

        var needed = Math.Max(1, (long)Math.Ceiling(minDuration / interval));
        return new ThresholdState(0, Good + 1, Good + 1 >= needed ? Verdict.Pass : Verdict.Inconclusive);
    }

    /// <summary>The state with which the next analysis step begins: it must be good for its own minDuration. A row of breaches goes on.</summary>
    public ThresholdState ForNextStep() => Verdict == Verdict.Fail ? this : this with { Good = 0, Verdict = Verdict.Inconclusive };
}

/// <summary>What follows from measurements without an answer.</summary>
public static class NoDataRow
{
    /// <summary>Measurements without an answer in a row that are a FAIL where the policy says so.</summary>
    public const int Limit = 3;

    /// <summary>How many there are in a row after one more measurement.</summary>
    public static int After(int inARow, Measurement measurement) => measurement is Measurement.NoData ? inARow + 1 : 0;

    /// <summary>Whether that many are a FAIL.</summary>
    public static bool IsFailure(int inARow, NoDataPolicy policy) => policy == NoDataPolicy.Fail && inARow >= Limit;
}
