using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>An AnalysisTemplate that a Rollout uses.</summary>
public sealed record TemplateReference
{
    [Description("Name of an AnalysisTemplate of the same namespace.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Patterns.DnsSubdomain)]
    public string Name { get => field ?? ""; init; }

    [Description("Values for the template's arguments.")]
    [MaxItems(AnalysisArg.MaxArgs)]
    [ListType("map")]
    [ListMapKeys("name")]
    public IReadOnlyList<AnalysisArg>? Args { get; init; }
}
