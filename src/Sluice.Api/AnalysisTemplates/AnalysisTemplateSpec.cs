using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What is measured, and what a Rollout says to it.</summary>
public sealed record AnalysisTemplateSpec
{
    [Description("What a Rollout says to the metrics: {{name}} in a query, a counter or its matchers stands for the value.")]
    [MaxItems(AnalysisArg.MaxArgs)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<TemplateArg> Args { get => field ?? []; init; }

    [Description("What is measured, as in a Rollout. A name may occur once among all the metrics of a Rollout.")]
    [Required]
    [MinItems(1)]
    [MaxItems(AnalysisSpec.MaxMetrics)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<MetricSpec> Metrics { get => field ?? []; init; }
}
