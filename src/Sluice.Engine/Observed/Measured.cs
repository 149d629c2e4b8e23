using Sluice.Engine.Analysis;

namespace Sluice.Engine.Observed;

/// <summary>The newest answer to one of the wishes of the release in flight.</summary>
public sealed record Measured
{
    /// <summary>Name of the metric.</summary>
    public required string Metric { get; init; }

    public required MeasurementKind Kind { get; init; }

    /// <summary>When the answer came; like all times of a measurement in whole seconds, as the status stores them.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The answer; null for a history.</summary>
    public required Measurement? Value { get; init; }

    /// <summary>Null unless a history.</summary>
    public ErrorHistory? History { get; init; }
}

/// <summary>Stable's errors by time.</summary>
/// <param name="Bin">The length of a bin.</param>
/// <param name="Errors">Errors in each bin, oldest first, of the bins that the source knows.</param>
public sealed record ErrorHistory(TimeSpan Bin, IReadOnlyList<double> Errors);

/// <summary>What a measurement is for.</summary>
public enum MeasurementKind
{
    /// <summary>The segment that goes on, or a threshold's value: up to now.</summary>
    Running,

    /// <summary>A segment that has ended: up to its end.</summary>
    Closed,

    /// <summary>Stable's errors minute by minute, for the dispersion.</summary>
    History,
}
