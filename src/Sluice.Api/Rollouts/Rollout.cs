using System.ComponentModel;
using Sluice.Api.Schema;
using Sluice.Kubernetes.Models;

namespace Sluice.Api;

/// <summary>A service whose new revisions are released step by step: it stands where a Deployment stood.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "Rollout", PluralName = "rollouts")]
[Description("A service whose new revisions are released step by step: the database is migrated, a little traffic is let through, "
    + "the error rate is watched, and the revision is promoted everywhere or taken back. It stands where a Deployment stood.")]
[ResourceNames(ShortNames = "slro", Categories = "all,sluice")]
[ScaleSubresource(".spec.replicas", ".status.replicas", ".status.selector")]
[PrinterColumn("Phase", "string", ".status.phase", "What the Rollout is doing.")]
[PrinterColumn("Step", "string", ".status.release.step.summary", "The present step, and how many there are.")]
[PrinterColumn("Weight", "integer", ".status.canary.weight", "Percentage of the traffic meant for the canary.")]
[PrinterColumn("Stable", "string", ".status.stable.summary", "Available and wanted pods of the stable revision.")]
[PrinterColumn("Canary", "string", ".status.canary.summary", "Available and wanted pods of the canary.")]
[PrinterColumn("Revision", "string", ".status.revision", "The revision that the spec asks for.")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp", "Time since the Rollout was created.")]
[PrinterColumn("Message", "string", ".status.message", "What is happening, in a sentence.", Wide = true)]
[PrinterColumn("Images", "string", ".status.images", "Images of the revision that the spec asks for.", Wide = true)]
public sealed record Rollout : IKubernetesObject<Rollout>
{
    public const string KindName = "Rollout";

    public string? ApiVersion { get => field ?? ApiGroup.ApiVersion; init; }

    public string? Kind { get => field ?? KindName; init; }

    public V1ObjectMeta Metadata { get => field ?? new(); init; }

    [Description("What is wanted.")]
    [Required]
    public RolloutSpec Spec { get => field ?? new(); init; }

    [Description("What is. Written by the operator.")]
    [DefaultUnobserved]
    public RolloutStatus? Status { get; init; }

    public Rollout WithMetadata(V1ObjectMeta metadata) => this with { Metadata = metadata };
}
