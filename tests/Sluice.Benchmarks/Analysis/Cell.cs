using Sluice.Testing.Analysis;

namespace Sluice.Benchmarks.Analysis;

/// <summary>Traffic of a known kind, and what is promised for it.</summary>
internal sealed record Cell(string Name, Truth Truth, SimulatedTraffic Traffic)
{
    public ReleaseCourse Course { get; init; } = ReleaseCourse.Usual;

    /// <summary>The median of the promotions that docs and design quote, in minutes; null where none is.</summary>
    public double? MedianToPromotion { get; init; }

    /// <summary>The median of the rollbacks that they quote.</summary>
    public double? MedianToRollback { get; init; }

    /// <summary>The share of releases that they say are promoted within the hour.</summary>
    public double? Promoted { get; init; }
}
