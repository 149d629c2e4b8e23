using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Engine.Replicas;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Plans;

/// <summary>
/// Reads a spec into a <see cref="ReleasePlan"/>, or into everything that is wrong with it. It repeats what the CRD's schema refuses:
/// an object may be older than the schema, or the schema older than the operator.
/// </summary>
public sealed partial class PlanReader
{
    private readonly List<FieldError> errors = [];

    private PlanReader()
    {
    }

    /// <summary>Reads the plan. Exactly one of the two results is meaningful: the plan is null when there are errors.</summary>
    public static (ReleasePlan? Plan, IReadOnlyList<FieldError> Errors) Read(PlanSource source)
    {
        var reader = new PlanReader();
        var plan = reader.ReadPlan(source);
        return reader.errors.Count == 0 ? (plan, []) : (null, reader.errors);
    }

    private ReleasePlan ReadPlan(PlanSource source)
    {
        TemplateCheck.Check(source.Template, source.TemplateField, Add);
        foreach (var field in source.FieldsTooDeep()) Add(field, $"nested more than {JsonDepth.Max} levels deep");
        if (source.MinReadySeconds >= source.ProgressDeadlineSeconds && source.MinReadySeconds > 0)
        {
            Add("spec.minReadySeconds", $"{source.MinReadySeconds} leaves no time for a pod to become available within progressDeadlineSeconds, {source.ProgressDeadlineSeconds}");
        }

        var analysis = ReadAnalysis(source.Analysis);
        var strategy = ReadStrategy(source.Strategy, analysis);
        return new ReleasePlan
        {
            MaxSurge = strategy.MaxSurge,
            MaxUnavailable = strategy.MaxUnavailable,
            MinReadySeconds = NotNegative(source.MinReadySeconds, "spec.minReadySeconds"),
            ProgressDeadline = TimeSpan.FromSeconds(NotNegative(source.ProgressDeadlineSeconds, "spec.progressDeadlineSeconds")),
            OnProgressDeadline = source.OnProgressDeadline,
            Steps = strategy.Steps,
            Traffic = strategy.Traffic,
            Analysis = analysis,
            Soak = Duration(source.Soak.Duration, "spec.soak.duration"),
            Expand = source.Migration is null ? null : ReadPhase(source, MigrationPhase.Expand, source.Migration.Expand),
            Contract = source.Migration?.Contract is { } contract ? ReadPhase(source, MigrationPhase.Contract, contract) : null,
            Undo = source.Migration?.Undo is { } undo ? ReadPhase(source, MigrationPhase.Undo, undo) : null,
        };
    }

    private PlanStep ReadStep(CanaryStep step, string field, AnalysisPlan? analysis)
    {
        if (step is null)
        {
            // JSON has nulls where the type has none.
            Add(field, CanaryStep.OneOf);
            return new PlanStep.Pause(null);
        }

        switch (step.Kind())
        {
            case StepKind.SetWeight:
                if (step.SetWeight is < 0 or > 100) Add($"{field}.setWeight", $"must be between 0 and 100, is {step.SetWeight}");
                return new PlanStep.SetWeight(Math.Clamp(step.SetWeight ?? 0, 0, 100));
            case StepKind.Pause:
                return new PlanStep.Pause(step.Pause?.Duration is { } duration ? Duration(duration, $"{field}.pause.duration") : null);
            case StepKind.Analysis:
                return ReadAnalysisStep(step.Analysis!, $"{field}.analysis", analysis);
            case StepKind.Checks:
                return ChecksReader.Read(step.Checks!, $"{field}.checks", Duration, Add);
            case StepKind.Gate:
                if (step.Gate!.Name.Length == 0) Add($"{field}.gate.name", "required");
                return new PlanStep.Gate(step.Gate.Name);
            default:
                Add(field, CanaryStep.OneOf);
                return new PlanStep.Pause(null);
        }
    }

    private PlanStep.Analysis ReadAnalysisStep(AnalysisStep step, string field, AnalysisPlan? analysis)
    {
        var known = analysis?.Metrics.Select(metric => metric.Name).ToList() ?? [];
        if (known.Count == 0) Add(field, "needs at least one metric in spec.analysis");
        foreach (var (index, name) in step.Metrics.Index().Where(metric => known.Count > 0 && !known.Contains(metric.Item)))
        {
            Add($"{field}.metrics[{index}]", $"'{name}' is not the name of a metric in spec.analysis (known: {string.Join(", ", known)})");
        }

        var shortest = Duration(step.MinDuration, $"{field}.minDuration");
        var longest = Duration(step.MaxDuration, $"{field}.maxDuration");
        if (shortest > longest) Add($"{field}.maxDuration", $"{step.MaxDuration} is shorter than minDuration, {step.MinDuration}");
        return new PlanStep.Analysis(shortest, longest, step.Metrics.Count > 0 ? step.Metrics : known);
    }

    private AnalysisPlan? ReadAnalysis(ResolvedAnalysis analysis)
    {
        const string Field = "spec.analysis";
        errors.AddRange(analysis.Errors);
        if (analysis.Spec is not { } spec) return null;

        if (spec.Templates is null or { Count: 0 })
        {
            if (spec.Metrics.Count > AnalysisSpec.MaxMetrics) Add($"{Field}.metrics", $"at most {AnalysisSpec.MaxMetrics} metrics, there are {spec.Metrics.Count}");
            foreach (var twice in spec.Metrics.Where(metric => metric is not null).GroupBy(metric => metric.Name).Where(group => group.Count() > 1))
            {
                Add($"{Field}.metrics", $"the name '{twice.Key}' is used twice");
            }
        }

        var interval = Duration(spec.Interval, $"{Field}.interval");
        if (interval < TimeSpan.FromSeconds(1)) Add($"{Field}.interval", "must be at least 1s");
        return new AnalysisPlan
        {
            Source = spec.Source,
            Interval = interval,
            Delay = Duration(spec.Delay, $"{Field}.delay"),
            FalseAlarm = Chance(spec.Confidence.FalseAlarm, $"{Field}.confidence.falseAlarm"),
            MissedBad = Chance(spec.Confidence.MissedBad, $"{Field}.confidence.missedBad"),
            Metrics = [.. spec.Metrics.Zip(analysis.Fields, ReadMetric).OfType<MetricPlan>()],
        };
    }

    private MetricPlan? ReadMetric(MetricSpec metric, string field)
    {
        switch (metric)
        {
            case { ErrorRate: { } errorRate, Threshold: null }:
                return ReadErrorRate(metric, errorRate, $"{field}.errorRate");
            case { ErrorRate: null, Threshold: { } threshold }:
                return ReadThreshold(metric, threshold, $"{field}.threshold");
            default:
                Add(field, "a metric has exactly one of errorRate and threshold");
                return null;
        }
    }

    private MetricPlan.ErrorRate ReadErrorRate(MetricSpec metric, ErrorRateMetric spec, string field)
    {
        if (spec.Counter is null == spec.Queries is null) Add(field, "exactly one of counter and queries");
        if (spec.Counter is not null && spec.Errors is null) Add($"{field}.errors", "required beside counter");
        if (!Ratio.TryParse(spec.Max, out var max) || max is <= 0 or >= 1) Add($"{field}.max", $"'{spec.Max}' is not a share between 0 and 100%, such as \"1%\" or \"0.01\"");
        if (!Ratio.TryParse(spec.MaxRatioToStable, out var ratio) || ratio < 0) Add($"{field}.maxRatioToStable", $"'{spec.MaxRatioToStable}' is not a number such as \"1.5\"");
        return new MetricPlan.ErrorRate
        {
            Name = metric.Name,
            OnNoData = metric.OnNoData,
            OnInconclusive = metric.OnInconclusive,
            Args = ArgsOf(metric),
            Spec = spec,
            Max = max,
            MaxRatioToStable = ratio,
        };
    }

    private MetricPlan.Threshold ReadThreshold(MetricSpec metric, ThresholdMetric spec, string field)
    {
        if (spec.Max is null && spec.Min is null) Add(field, "at least one of max and min");
        if (spec.Failures < 1) Add($"{field}.failures", "must be at least 1");
        var (min, max) = (Bound(spec.Min, $"{field}.min"), Bound(spec.Max, $"{field}.max"));
        if (min > max) Add($"{field}.min", $"{spec.Min} is above max, {spec.Max}: no value is within both");
        return new MetricPlan.Threshold
        {
            Name = metric.Name,
            OnNoData = metric.OnNoData,
            OnInconclusive = metric.OnInconclusive,
            Args = ArgsOf(metric),
            Spec = spec,
            Max = max,
            Min = min,
            Failures = spec.Failures,
        };
    }

    private static Dictionary<string, string> ArgsOf(MetricSpec metric) => (metric.Args ?? []).OfType<AnalysisArg>().DistinctBy(arg => arg.Name).ToDictionary(arg => arg.Name, arg => arg.Value);

    private double? Bound(string? text, string field)
    {
        if (text is null) return null;
        if (!Ratio.TryParseScalar(text, out var value)) Add(field, $"'{text}' is not a number or a percentage");
        return value;
    }

    private CountOrPercent ReadPods(IntOrString value, string field)
    {
        CountOrPercent result;
        var read = value.Number is { } number ? CountOrPercent.TryParse(number, out result) : CountOrPercent.TryParse(value.Text, out result);
        if (!read) Add(field, $"'{value}' is not a count of pods or a percentage such as \"25%\"");
        return result;
    }

    private TimeSpan Duration(string text, string field)
    {
        if (!GoDuration.TryParse(text, out var duration)) Add(field, $"'{text}' is not a duration such as \"90s\", \"5m\" or \"1h30m\", up to {GoDuration.Format(GoDuration.Max)}");
        return duration;
    }

    private double Chance(string text, string field)
    {
        if (!Ratio.TryParse(text, out var chance) || chance is <= 0 or >= 1) Add(field, $"'{text}' is not a chance between 0 and 1, such as \"1%\" or \"0.01\"");
        return chance;
    }

    private int NotNegative(int value, string field)
    {
        if (value < 0) Add(field, $"must not be negative, is {value}");
        return Math.Max(0, value);
    }

    private void Add(string field, string message) => errors.Add(new FieldError(field, message));
}
