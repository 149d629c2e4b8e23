using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>Metrics that several Rollouts of a namespace share. A release takes a copy at its start: what becomes of the template later is for the next one.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "AnalysisTemplate", PluralName = "analysistemplates")]
[Description("Metrics that Rollouts of the same namespace name in spec.analysis.templates instead of writing them out. A release keeps the metrics as they were "
    + "at its start: an edit counts from the next release on.")]
[ResourceNames(Categories = "sluice")]
[PrinterColumn("Metric", "string", ".spec.metrics[0].name", "Name of its first metric: a column shows one value.")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp", "When it was made.")]
public sealed record AnalysisTemplate : IKubernetesObject<AnalysisTemplate>
{
    public const string KindName = "AnalysisTemplate";

    public string? ApiVersion { get => field ?? ApiGroup.ApiVersion; init; }

    public string? Kind { get => field ?? KindName; init; }

    public V1ObjectMeta Metadata { get => field ?? new(); init; }

    [Description("What is measured, and what a Rollout says to it.")]
    [Required]
    public AnalysisTemplateSpec Spec { get => field ?? new(); init; }

    public AnalysisTemplate WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}
