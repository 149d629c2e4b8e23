using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>A person's word about a release: who, what, why. It never changes, is applied at most once, and stays as the record of it.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "Decision", PluralName = "decisions")]
[Description("A person's word about a release: to abort, pause, continue, promote it, to answer one of its gates. Made by `kubectl create`; it never "
    + "changes, is applied at most once, and stays as the record of who decided what and why.")]
[ResourceNames(Categories = "sluice")]
[SelectableField(".spec.rollout")]
[SelectableField(".spec.action")]
[PrinterColumn("Rollout", "string", ".spec.rollout", "The Rollout that it is about.")]
[PrinterColumn("Action", "string", ".spec.action", "What is to be done.")]
[PrinterColumn("By", "string", ".spec.by", "Who decided.")]
[PrinterColumn("State", "string", ".status.state", "What became of it; empty until the operator has answered.")]
[PrinterColumn("Release", "string", ".status.release", "The Release that it was taken to be about.")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp", "When it was made.")]
[PrinterColumn("Message", "string", ".status.message", "What became of it, in a sentence.", Wide = true)]
[PrinterColumn("Reason", "string", ".spec.reason", "Why it was decided so.", Wide = true)]
public sealed record Decision : IKubernetesObject<Decision>
{
    public const string KindName = "Decision";

    public string? ApiVersion { get => field ?? ApiGroup.ApiVersion; init; }

    public string? Kind { get => field ?? KindName; init; }

    public V1ObjectMeta Metadata { get => field ?? new(); init; }

    [Description("What was decided.")]
    [Required]
    [CelRule("self == oldSelf", "a Decision's spec never changes: create another one")]
    public DecisionSpec Spec { get => field ?? new(); init; }

    [Description("What became of it. Written by the operator, once.")]
    public DecisionStatus? Status { get; init; }

    public Decision WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}
