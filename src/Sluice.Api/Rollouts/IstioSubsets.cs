using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>Two subsets of a DestinationRule, one for each revision.</summary>
[CelRule("self.stableSubset != self.canarySubset", IstioSubsets.TwoSubsets)]
public sealed record IstioSubsets
{
    public const string TwoSubsets = "the stable and the canary subset must be two";

    [Description("Name of the DestinationRule (networking.istio.io/v1beta1) in the Rollout's namespace. Its host is a Service of that namespace which selects the pods of both revisions.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string Name { get => field ?? ""; init; }

    [Description("Name of the subset for the stable revision. The operator puts the revision into its labels. No two Rollouts may name the same one.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string StableSubset { get => field ?? ""; init; }

    [Description("Name of the subset for the canary; while there is none, it is of the stable revision. The operator puts the revision into its labels. No two Rollouts may name the same one.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string CanarySubset { get => field ?? ""; init; }
}
