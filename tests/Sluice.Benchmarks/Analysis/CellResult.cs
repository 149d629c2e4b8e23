using Sluice.Api;
using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary>How the releases of a cell ended under one rule.</summary>
internal sealed class CellResult(IReadOnlyList<SimulatedEnd> ends)
{
    public int Runs => ends.Count;

    public int Number(Verdict verdict) => ends.Count(end => end.Verdict == verdict);

    /// <summary>0 to 1.</summary>
    public double Share(Verdict verdict) => (double)Number(verdict) / Runs;

    /// <summary>Minutes to a verdict, of those releases that got it; null where none did.</summary>
    public double? Median(Verdict verdict)
    {
        var minutes = ends.Where(end => end.Verdict == verdict).Select(end => end.Minutes).Order().ToList();
        return minutes.Count == 0 ? null : minutes[minutes.Count / 2];
    }

    /// <summary>
    /// The least that the true median may be, by three standard errors of its rank (√n/2; the rank of a median is binomial): what chance explains is no broken promise.
    /// </summary>
    public double? LeastMedian(Verdict verdict)
    {
        var minutes = ends.Where(end => end.Verdict == verdict).Select(end => end.Minutes).Order().ToList();
        var rank = minutes.Count / 2 - (int)Math.Ceiling(1.5 * Math.Sqrt(minutes.Count));
        return minutes.Count == 0 ? null : minutes[Math.Max(0, rank)];
    }

    /// <summary>Whether every release got the verdict within so many minutes.</summary>
    public bool AllWithin(Verdict verdict, double minutes) => ends.All(end => end.Verdict == verdict && end.Minutes <= minutes);
}
