using Sluice.Api;
using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary>What docs/analysis.md promises, held against what was measured.</summary>
internal static class Promises
{
    /// <summary>Of canaries above max.</summary>
    public const double MostPromotedBad = 0.001;

    /// <summary>Requests a second, of both sides, from which on a dead canary is seen at once.</summary>
    public const double EnoughToSeeDeath = 10;

    private const double FirstLookMinutes = 0.5;

    // A median is one of looks 15 s apart.
    private const double OneLook = TrafficSimulation.LookSeconds / 60.0;

    /// <summary>The promises that a cell breaks.</summary>
    public static IEnumerable<string> BrokenBy(Cell cell, CellResult result)
    {
        if (cell.Truth == Truth.AsGoodAsStable && result.Share(Verdict.Fail) > TrafficSimulation.Confidence.FalseAlarm)
        {
            yield return $"rolled back {result.Share(Verdict.Fail) * 100:0.##}% of canaries as good as stable, promised: at most {TrafficSimulation.Confidence.FalseAlarm * 100:0.#}%";
        }

        // One of a few hundred runs says nothing about one in a thousand.
        if (cell.Truth is Truth.AboveMax or Truth.Dead && result.Number(Verdict.Pass) > Math.Max(1, MostPromotedBad * result.Runs))
        {
            yield return $"promoted {result.Share(Verdict.Pass) * 100:0.##}% of canaries above max, promised: at most {MostPromotedBad * 100:0.#}%";
        }

        if (cell.Truth == Truth.Dead && cell.Traffic.RequestsPerSecond >= EnoughToSeeDeath && cell.Course == ReleaseCourse.Usual && !result.AllWithin(Verdict.Fail, FirstLookMinutes))
        {
            yield return "a dead canary was not rolled back at the first look";
        }

        if (Slower(cell.MedianToPromotion, result.LeastMedian(Verdict.Pass))) yield return $"median to promotion {result.Median(Verdict.Pass):0.##} min, quoted: {cell.MedianToPromotion:0.##}";
        if (Slower(cell.MedianToRollback, result.LeastMedian(Verdict.Fail))) yield return $"median to rollback {result.Median(Verdict.Fail):0.##} min, quoted: {cell.MedianToRollback:0.##}";
        if (cell.Promoted is { } promoted && result.Share(Verdict.Pass) < promoted - SamplingError(promoted, result.Runs))
        {
            yield return $"promoted {result.Share(Verdict.Pass) * 100:0.#}% within the hour, quoted: {promoted * 100:0.#}%";
        }
    }

    private static bool Slower(double? quoted, double? median) => quoted is { } wanted && !(median <= wanted + OneLook);

    // What is quoted is rounded to a whole percent, and both are samples.
    private static double SamplingError(double share, int runs) => 0.005 + 3 * Math.Sqrt(Math.Max(share * (1 - share), 1.0 / runs) / runs);
}
