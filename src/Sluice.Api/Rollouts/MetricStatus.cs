using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>
/// What was measured for one metric. The counts of the segments are the evidence: verdicts are computed from them afresh at each look,
/// so that a restart counts nothing twice and an auditor can repeat the computation.
/// </summary>
public sealed record MetricStatus
{
    public const int MaxSegments = 24;

    [Description("Name of the metric.")]
    [Required]
    [MaxLength(63)]
    public string Name { get => field ?? ""; init; }

    [Description("What the evidence says.")]
    public Verdict Verdict { get; init; }

    [Description("The canary's value: an error rate such as 0.12%, or the answer of a threshold's query.")]
    public string? Value { get; init; }

    [Description("The largest value that is acceptable.")]
    public string? Max { get; init; }

    [Description("The smallest value that is acceptable.")]
    public string? Min { get; init; }

    [Description("Stable's value over the same time.")]
    public string? StableValue { get; init; }

    [Description("The canary's requests in this release so far.")]
    public double? Requests { get; init; }

    [Description("The canary's failed requests in this release so far.")]
    public double? Errors { get; init; }

    [Description("How clustered errors are: counts are divided by it before they count as evidence. At least 1, fixed for the release once known.")]
    public double? Dispersion { get; init; }

    [Description("Evidence that the value is within its bound, as a factor: enough at 1/missedBad.")]
    public string? PassEvidence { get; init; }

    [Description("Evidence that the value is beyond its bound, as a factor: enough at 2/falseAlarm, falseAlarm shared out over the metrics.")]
    public string? FailEvidence { get; init; }

    [Description("Breaches of a threshold in a row.")]
    public int ConsecutiveBreaches { get; init; }

    [Description("Measurements in a row without a usable answer.")]
    public int ConsecutiveNoData { get; init; }

    [Description("When the last measurement without a usable answer came.")]
    public DateTimeOffset? NoDataAt { get; init; }

    [Description("When a threshold was breached last.")]
    public DateTimeOffset? LastBreachAt { get; init; }

    [Description("Counts by time of constant conditions, oldest first; the last one is still open.")]
    [MaxItems(MaxSegments)]
    [ListType("atomic")]
    public IReadOnlyList<SegmentStatus> Segments { get => field ?? []; init; }

    [Description("The instant up to which was measured last.")]
    public DateTimeOffset? MeasuredAt { get; init; }

    [Description("What was found and what is missing, in a sentence.")]
    public string? Message { get; init; }
}

/// <summary>Counts of a time in which weight and pods did not change.</summary>
public sealed record SegmentStatus
{
    [Description("Where it begins.")]
    public DateTimeOffset From { get; init; }

    [Description("The instant that its counts reach to.")]
    public DateTimeOffset To { get; init; }

    [Description("Percentage of the traffic that the plan asked for.")]
    public int Weight { get; init; }

    [Description("Ready canary pods while it lasts.")]
    public int CanaryReady { get; init; }

    [Description("Ready stable pods while it lasts.")]
    public int StableReady { get; init; }

    [Description("Its number within the release, from 1. It stays when older segments are merged.")]
    public int Ordinal { get; init; }

    [Description("When it ended; absent while it is open.")]
    public DateTimeOffset? ClosedAt { get; init; }

    [Description("Counts of the canary's pods.")]
    public RequestCounts Canary { get => field ?? new(); init; }

    [Description("Counts of the stable pods.")]
    public RequestCounts Stable { get => field ?? new(); init; }
}

/// <summary>Requests and failed requests.</summary>
public sealed record RequestCounts
{
    [Description("All requests.")]
    public double Requests { get; init; }

    [Description("Failed requests.")]
    public double Errors { get; init; }
}
