using System.Globalization;
using Sluice.Api;
using Sluice.Api.Values;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// The formulas of docs/analysis.md and of the design once more, written down as they stand there, over the counts in a status: products over segments as sums of
/// logarithms, no step shared with the engine.
/// </summary>
internal static class EvidenceReference
{
    private const double Assumed = 8;

    /// <summary>Where logarithms are as near to a threshold as this, rounding decides.</summary>
    private const double Margin = 0.02;

    /// <param name="record">Whose analysis it is.</param>
    /// <param name="old">The release as it was before the write.</param>
    /// <param name="was">The metric as it was; null for one that is new.</param>
    /// <param name="metric">The metric as it was written.</param>
    /// <param name="planned">Its bounds.</param>
    /// <param name="isDeaf">Whether the last answer of who wrote it is none: nothing passes then.</param>
    public static void Check(Release record, ReleaseProgress old, MetricStatus? was, MetricStatus metric, ErrorRateMetric planned, bool isDeaf)
    {
        if (!Ratio.TryParseShare(planned.Max, out var max) || max is <= 0 or >= 0.999 || !Ratio.TryParse(planned.MaxRatioToStable, out var tau)) return;

        var analysis = record.Spec.Analysis!;
        if (!Ratio.TryParseShare(analysis.Confidence.FalseAlarm, out var alpha) || !Ratio.TryParseShare(analysis.Confidence.MissedBad, out var beta)) return;

        alpha /= analysis.Metrics.Count(candidate => candidate.ErrorRate is not null);

        // What is not known enough is not in the status: it is between 2 (an hour without an error) and what is assumed of nothing.
        var (low, high) = metric.Dispersion is { } known ? (Math.Max(1, known), Math.Max(1, known)) : (2, Assumed);
        var (weakest, strongest) = (JudgedWith(high), JudgedWith(low));

        // What leans the other way fades with the dispersion, as the evidence for a PASS does: the value in between may be the one that lets it pass.
        var pass = Between(low, high).Max(dispersion => JudgedWith(dispersion).Pass);
        switch (metric.Verdict)
        {
            case Verdict.Fail:
                Promise.Keep(was?.Verdict == Verdict.Fail || strongest.Fail > -Margin || metric.ConsecutiveNoData >= 3, "a FAIL is confident", $"{metric.Name}: {strongest} from {Text(metric)}");
                break;
            case Verdict.Pass:
                Promise.Keep(pass > -Margin && weakest.Fail < Margin, "a PASS is confident, and nothing leans the other way", $"{metric.Name}: {strongest} from {Text(metric)}");
                break;
            default:
                Promise.Keep(weakest.Fail < Margin, "what is confidently beyond a bound fails", $"{metric.Name}: {weakest} from {Text(metric)}");
                Promise.Keep(isDeaf || low < high || weakest.Pass < Margin, "what is confidently within max passes", $"{metric.Name}: {weakest} from {Text(metric)}");
                break;
        }

        if (metric.Dispersion is not null)
        {
            CheckFigure(metric, "passEvidence", metric.PassEvidence, weakest.Within);
            CheckFigure(metric, "failEvidence", metric.FailEvidence, weakest.Beyond);
        }

        (double Fail, double Pass, double Beyond, double Within) JudgedWith(double dispersion) => Judge(metric.Segments, old.Step?.Kind == StepKind.Analysis, max, tau, dispersion, alpha, beta);
    }

    /// <summary>What the status tells has two digits, and a dispersion with three decimals.</summary>
    private static void CheckFigure(MetricStatus metric, string field, string? told, double log)
    {
        if (double.IsInfinity(log)) return;

        Promise.Keep(told is not null && Math.Abs(LogOf(told) - log) <= 0.1 + (0.01 * Math.Abs(log)), "the evidence that is told is what the formulas give", $"{metric.Name}: {field} {told}, by the formulas e^{log:0.00} from {Text(metric)}");
    }

    /// <summary>Of a factor such as 42, 0.31 or 1.2e+400, which may be beyond the range of a double.</summary>
    private static double LogOf(string factor) => factor.Split('e') is [var mantissa, var exponent]
        ? Math.Log(double.Parse(mantissa, CultureInfo.InvariantCulture)) + (int.Parse(exponent, CultureInfo.InvariantCulture) * Math.Log(10))
        : Math.Log(double.Parse(factor, CultureInfo.InvariantCulture));

    private static IEnumerable<double> Between(double low, double high) => low < high ? Enumerable.Range(0, 25).Select(part => low + (part * (high - low) / 24)) : [low];

    /// <summary>By how much, in logarithms, the evidence is beyond what a FAIL and a PASS need, and the evidence for either itself.</summary>
    private static (double Fail, double Pass, double Beyond, double Within) Judge(IReadOnlyList<SegmentStatus> segments, bool isAnalysing, double max, double tau, double dispersion, double alpha, double beta)
    {
        var counts = segments.Select(segment => Counts.Of(segment, dispersion)).ToList();
        var worse = tau > 0 ? Sum(counts, j => Relative(counts[j..], tau)) : double.NegativeInfinity;
        var above = Sum(counts, j => counts[j..].Exists(count => count.StableRequests > 0)
            ? Math.Min(Absolute(counts[j..], max), Relative(counts[j..], 1))
            : Absolute(counts[j..], max));
        var since = segments.Count - 1;
        while (since > 0 && segments[since - 1].Weight == segments[^1].Weight) since--;
        var present = isAnalysing ? counts[since..] : counts;
        var (within, beyond) = (Within(counts, max), Math.Max(worse, above));
        var pass = Math.Min(within - Math.Log(1 / beta), Within(present, max) - Math.Log(1 / Math.Sqrt(beta)));
        return (beyond - Math.Log(2 / alpha), worse < 0 ? pass : Math.Min(pass, -1), beyond, within);
    }

    /// <summary>ln Σⱼ 1/(j(j+1))·xⱼ.</summary>
    private static double Sum(List<Counts> counts, Func<int, double> log) =>
        LogOfSum([.. counts.Select((count, j) => log(j) - Math.Log(count.Ordinal) - Math.Log(count.Ordinal + 1))]);

    private static double Relative(List<Counts> counts, double tau) => LogOfMean(new[] { 1.5, 2, 3, 5, 10 }.Select(lambda => counts.Sum(count =>
    {
        var all = count.Requests + count.StableRequests;
        if (all <= 0) return 0;
        var q = count.Requests / all;
        return count.Errors * Math.Log(lambda) + (count.Errors + count.StableErrors) * Math.Log((tau * q + 1 - q) / (lambda * tau * q + 1 - q));
    })));

    private static double Absolute(List<Counts> counts, double max) =>
        LogOfMean(new[] { 1.5, 2, 3, 5, 10, 30, 90 }.Select(multiple => counts.Sum(count => Likelihood(count, Math.Min(0.999, multiple * max), max))));

    private static double Within(List<Counts> counts, double max) => LogOfMean(new[] { 0, 0.1, 0.3, 0.6 }.Select(part => counts.Sum(count => Likelihood(count, part * max, max))));

    private static double Likelihood(Counts count, double rate, double max) =>
        (count.Errors == 0 ? 0 : count.Errors * Math.Log(rate / max)) + (count.Requests - count.Errors) * Math.Log((1 - rate) / (1 - max));

    private static double LogOfMean(IEnumerable<double> logs)
    {
        List<double> all = [.. logs];
        return LogOfSum(all) - Math.Log(all.Count);
    }

    private static double LogOfSum(List<double> logs)
    {
        var most = logs.Count == 0 ? double.NegativeInfinity : logs.Max();
        return double.IsInfinity(most) ? most : most + Math.Log(logs.Sum(log => Math.Exp(log - most)));
    }

    private static string Text(MetricStatus metric) =>
        string.Join("; ", metric.Segments.Select(segment => $"{segment.Ordinal}: {segment.Canary.Errors}/{segment.Canary.Requests} and {segment.Stable.Errors}/{segment.Stable.Requests} at {segment.Weight}%")) + $", dispersion {metric.Dispersion}";

    /// <summary>A segment's counts divided by the dispersion; a stable side of less than half a percent of the traffic has none to compare with.</summary>
    private sealed record Counts(int Ordinal, double Requests, double Errors, double StableRequests, double StableErrors)
    {
        public static Counts Of(SegmentStatus segment, double dispersion)
        {
            var (requests, stable) = (Math.Max(segment.Canary.Requests, segment.Canary.Errors), Math.Max(segment.Stable.Requests, segment.Stable.Errors));
            var isCompared = stable >= 0.005 * (requests + stable);
            return new Counts(segment.Ordinal, requests / dispersion, segment.Canary.Errors / dispersion, isCompared ? stable / dispersion : 0, isCompared ? segment.Stable.Errors / dispersion : 0);
        }
    }
}
