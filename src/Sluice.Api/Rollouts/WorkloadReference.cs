using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>The Deployment that a Rollout takes over: its pod template is what is released, and its replicas are all that is ever written of it.</summary>
public sealed record WorkloadReference
{
    [Description("Deployment.")]
    [Required]
    public WorkloadKind Kind { get; init; }

    [Description("Name of the Deployment, in the Rollout's namespace.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string Name { get => field ?? ""; init; }

    [Description("How the Deployment's own pods go once the Rollout's are available beside them: Never, a person scales it down; OnSuccess, to 0 once all of the Rollout's are; "
        + "Progressively, as they become so. Later releases wait until it is at 0.")]
    [Default("Never")]
    public WorkloadScaleDown ScaleDown { get; init; }
}
