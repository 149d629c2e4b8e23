using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What is measured during a release, and how sure a verdict must be.</summary>
[CelRule("has(self.metrics) || has(self.templates)", "at least one of metrics and templates is needed")]
public sealed record AnalysisSpec
{
    public const int MaxMetrics = 10;

    [Description("Name of the metric source to ask, as the operator's administrator configured it.")]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    [Default("default")]
    public string Source { get => field ?? "default"; init; }

    [Description("How often is measured. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("15s")]
    public string Interval { get => field ?? "15s"; init; }

    [Description("How far behind now a measurement ends, for sources that learn late. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("0s")]
    public string Delay { get => field ?? "0s"; init; }

    [Description("How often a verdict may be wrong.")]
    [DefaultEmpty]
    public ConfidenceSpec Confidence { get => field ?? new(); init; }

    [Description("Metrics of AnalysisTemplates, which join those of this Rollout; 10 at most in all. A release keeps them as they were at its start.")]
    [MinItems(1)]
    [MaxItems(MaxMetrics)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<TemplateReference>? Templates { get; init; }

    [Description("What is measured. Every metric must pass; one that fails rolls back.")]
    [MinItems(1)]
    [MaxItems(MaxMetrics)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<MetricSpec> Metrics { get => field ?? []; init; }
}

/// <summary>Error rates of the verdicts.</summary>
public sealed record ConfidenceSpec
{
    [Description("Chance that a release of a good revision is rolled back, however often is looked, shared out over the metrics. "
        + "Between 0 and 1: a percentage or a fraction.")]
    [MaxLength(32)]
    [Pattern(Patterns.Share)]
    [Default("1%")]
    public string FalseAlarm { get => field ?? "1%"; init; }

    [Description("Chance that a bad revision passes an analysis. Between 0 and 1: a percentage or a fraction.")]
    [MaxLength(32)]
    [Pattern(Patterns.Share)]
    [Default("5%")]
    public string MissedBad { get => field ?? "5%"; init; }
}

/// <summary>One metric: exactly one of <see cref="ErrorRate"/> and <see cref="Threshold"/> is set.</summary>
[CelRule("has(self.errorRate) != has(self.threshold)", "a metric has exactly one of errorRate and threshold")]
public sealed record MetricSpec
{
    [Description("Name of the metric, for steps, status and messages.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string Name { get => field ?? ""; init; }

    [Description("Failed requests among all requests, canary against stable, judged by sequential statistics.")]
    public ErrorRateMetric? ErrorRate { get; init; }

    [Description("Any scalar query, held against fixed bounds.")]
    public ThresholdMetric? Threshold { get; init; }

    [Description("Values for {{name}} in the queries, the counter and its matchers: in a Release, what its template's arguments were.")]
    [MaxItems(AnalysisArg.MaxArgs)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<AnalysisArg>? Args { get; init; }

    [Description("What happens when there is no usable answer (empty, NaN, several series, errors, timeouts): Wait, the step does not advance; "
        + "Fail, three in a row are a failure. No answer is never a pass.")]
    [Default("Wait")]
    public NoDataPolicy OnNoData { get; init; }

    [Description("What happens when an analysis step reaches its maxDuration without a verdict: Pause for a person, RollBack, or Promote.")]
    [Default("Pause")]
    public InconclusivePolicy OnInconclusive { get; init; }
}

/// <summary>Failed requests among all requests: from a counter, or by two queries.</summary>
[CelRule("has(self.counter) != has(self.queries)", "exactly one of counter and queries")]
[CelRule("has(self.counter) == has(self.errors)", "counter and errors go together")]
public sealed record ErrorRateMetric
{
    [Description("Name of a counter of requests, with label matchers if need be: http_requests_total{route!=\"/healthz\"}. "
        + "The matchers of namespace and pods are added to it. Known placeholders, within quotes: namespace, rollout, and arguments.")]
    [MinLength(1)]
    [MaxLength(1024)]
    public string? Counter { get; init; }

    [Description("Label matchers that make an error of a request: code=~\"5..\", with the same placeholders.")]
    [MinLength(1)]
    [MaxLength(1024)]
    public string? Errors { get; init; }

    [Description("Queries for anything that a counter and its matchers cannot say.")]
    public ErrorRateQueries? Queries { get; init; }

    [Description("Highest error rate that is acceptable. Between 0 and 1: a percentage or a fraction.")]
    [Required]
    [MaxLength(32)]
    [Pattern(Patterns.Share)]
    public string Max { get => field ?? ""; init; }

    [Description("Highest acceptable ratio of the canary's error rate to stable's. 0 switches the comparison off.")]
    [MaxLength(32)]
    [Pattern(Patterns.Factor)]
    [Default("1.5")]
    public string MaxRatioToStable { get => field ?? "1.5"; init; }
}

/// <summary>Two PromQL queries that count.</summary>
public sealed record ErrorRateQueries
{
    [Description("PromQL for the number of failed requests within {{window}} of the pods {{pods}}. "
        + "Known placeholders: namespace, rollout, revision, pods, window, and arguments.")]
    [Required]
    [MinLength(1)]
    [MaxLength(4096)]
    public string Errors { get => field ?? ""; init; }

    [Description("PromQL for the number of all requests, with the same placeholders.")]
    [Required]
    [MinLength(1)]
    [MaxLength(4096)]
    public string Total { get => field ?? ""; init; }
}

/// <summary>A scalar query with fixed bounds, both inclusive.</summary>
[CelRule("has(self.max) || has(self.min)", "at least one of max and min")]
public sealed record ThresholdMetric(
    [property: Description("Breaches in a row that make a failure.")]
    [property: Minimum(1)]
    [property: Maximum(100)]
    [property: Default(3)]
    int Failures = 3)
{
    [Description("PromQL that answers one number. Known placeholders: namespace, rollout, revision, pods, window, and arguments.")]
    [Required]
    [MinLength(1)]
    [MaxLength(4096)]
    public string Query { get => field ?? ""; init; }

    [Description("Largest good value: a number or a percentage, as a text.")]
    [MaxLength(32)]
    [Pattern(Patterns.Scalar)]
    public string? Max { get; init; }

    [Description("Smallest good value: a number or a percentage, as a text.")]
    [MaxLength(32)]
    [Pattern(Patterns.Scalar)]
    public string? Min { get; init; }
}
