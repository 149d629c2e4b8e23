using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>An argument that a template takes.</summary>
public sealed record TemplateArg
{
    [Description("Its name. The operator's own (namespace, rollout, revision, pods, window) are taken.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.ArgName)]
    public string Name { get => field ?? ""; init; }

    [Description("The value where a Rollout gives none. Without a default the Rollout must give one.")]
    [MaxLength(AnalysisArg.MaxValueLength)]
    public string? Default { get; init; }
}
