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

    /// <summary>Stable's errors per minute, oldest first, of the minutes that the source knows; empty unless a history.</summary>
    public IReadOnlyList<double> ErrorsPerMinute { get; init; } = [];
}

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
