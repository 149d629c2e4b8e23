using System.Collections.ObjectModel;
using Sluice.Api;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Plans;

/// <summary>What a release does, read from a spec once and checked: a release in flight follows the plan that it started with.</summary>
public sealed record ReleasePlan
{
    public required CountOrPercent MaxSurge { get; init; }

    public required CountOrPercent MaxUnavailable { get; init; }

    public required int MinReadySeconds { get; init; }

    /// <summary>How long pods may take without any progress.</summary>
    public required TimeSpan ProgressDeadline { get; init; }

    public required ProgressDeadlinePolicy OnProgressDeadline { get; init; }

    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>The Services that lead to the pods; null where the numbers of pods carry the weight.</summary>
    public required TrafficPlan? Traffic { get; init; }

    /// <summary>Null when nothing is measured.</summary>
    public required AnalysisPlan? Analysis { get; init; }

    public required TimeSpan Soak { get; init; }

    /// <summary>Null when the revision brings no migration.</summary>
    public required PhasePlan? Expand { get; init; }

    /// <summary>Null when nothing is removed after the promotion.</summary>
    public PhasePlan? Contract { get; init; }

    /// <summary>Null when the expand phase is not taken back after a rollback.</summary>
    public PhasePlan? Undo { get; init; }

    /// <summary>A plan of defaults, with no step and nothing measured.</summary>
    public static ReleasePlan Fallback { get; } = new()
    {
        MaxSurge = CountOrPercent.TryParse("25%", out var surge) ? surge : default,
        MaxUnavailable = default,
        MinReadySeconds = 0,
        ProgressDeadline = TimeSpan.FromMinutes(10),
        OnProgressDeadline = ProgressDeadlinePolicy.RollBack,
        Steps = [],
        Traffic = null,
        Analysis = null,
        Soak = TimeSpan.Zero,
        Expand = null,
    };

    /// <summary>The weight of the first step, which the first canary pods are started for; null when the plan goes straight to promotion or waits first.</summary>
    public int? FirstWeight => Steps.Count > 0 && Steps[0] is PlanStep.SetWeight first ? first.Weight : null;

    /// <summary>The canary's weight while step <paramref name="index"/> runs: that of the last setWeight up to it, 0 before the first.</summary>
    public int WeightAt(int index) => Steps.Take(index + 1).OfType<PlanStep.SetWeight>().LastOrDefault()?.Weight ?? 0;
}

/// <summary>One step of a plan.</summary>
public abstract record PlanStep
{
    private PlanStep()
    {
    }

    public abstract StepKind Kind { get; }

    /// <param name="Weight">Percent, 0 to 100.</param>
    public sealed record SetWeight(int Weight) : PlanStep
    {
        public override StepKind Kind => StepKind.SetWeight;
    }

    /// <param name="Duration">Null waits for a person.</param>
    public sealed record Pause(TimeSpan? Duration) : PlanStep
    {
        public override StepKind Kind => StepKind.Pause;
    }

    /// <param name="Name">By which it is answered.</param>
    public sealed record Gate(string Name) : PlanStep
    {
        public override StepKind Kind => StepKind.Gate;
    }

    /// <param name="Needed">How many of the Jobs must succeed, at least 1.</param>
    /// <param name="FailFast">Whether the others are ended once too few can.</param>
    /// <param name="Timeout">How long each Job may take.</param>
    /// <param name="Jobs">At least one, by different names.</param>
    public sealed record Checks(int Needed, bool FailFast, TimeSpan Timeout, IReadOnlyList<CheckPlan> Jobs) : PlanStep
    {
        public override StepKind Kind => StepKind.Checks;
    }

    /// <param name="MinDuration">Shortest stay, however early the verdicts come.</param>
    /// <param name="MaxDuration">After this the metrics' <see cref="InconclusivePolicy"/> decides.</param>
    /// <param name="Metrics">Names of the metrics that must pass.</param>
    public sealed record Analysis(TimeSpan MinDuration, TimeSpan MaxDuration, IReadOnlyList<string> Metrics) : PlanStep
    {
        public override StepKind Kind => StepKind.Analysis;
    }
}

/// <summary>One Job of a checks step.</summary>
/// <param name="Name">Unique within the step.</param>
/// <param name="Template">Its pod.</param>
/// <param name="KeepsLog">Whether what it wrote may be kept.</param>
public sealed record CheckPlan(string Name, PodTemplate Template, bool KeepsLog);

/// <summary>What is measured, how often, and how sure a verdict must be.</summary>
public sealed record AnalysisPlan
{
    /// <summary>Name of the metric source.</summary>
    public required string Source { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>How far behind now a measurement ends.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>α over all metrics together, between 0 and 1.</summary>
    public required double FalseAlarm { get; init; }

    /// <summary>β, between 0 and 1.</summary>
    public required double MissedBad { get; init; }

    public required IReadOnlyList<MetricPlan> Metrics { get; init; }
}

/// <summary>One metric of a plan.</summary>
public abstract record MetricPlan
{
    private MetricPlan()
    {
    }

    public required string Name { get; init; }

    public required NoDataPolicy OnNoData { get; init; }

    public required InconclusivePolicy OnInconclusive { get; init; }

    /// <summary>Values for the placeholders of the queries.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Failed requests among all requests, judged by sequential statistics.</summary>
    public sealed record ErrorRate : MetricPlan
    {
        /// <summary>The spec, from which the queries are built.</summary>
        public required ErrorRateMetric Spec { get; init; }

        /// <summary>p₀, between 0 and 1.</summary>
        public required double Max { get; init; }

        /// <summary>τ; 0 switches the comparison with stable off.</summary>
        public required double MaxRatioToStable { get; init; }
    }

    /// <summary>A scalar query with fixed bounds.</summary>
    public sealed record Threshold : MetricPlan
    {
        public required ThresholdMetric Spec { get; init; }

        public required double? Max { get; init; }

        public required double? Min { get; init; }

        /// <summary>Breaches in a row that make a failure.</summary>
        public required int Failures { get; init; }
    }
}
