using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>A value for <c>{{name}}</c> in the queries of a metric.</summary>
public sealed record AnalysisArg
{
    public const int MaxArgs = 16;

    public const int MaxValueLength = 512;

    [Description("Name of the argument.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.ArgName)]
    public string Name { get => field ?? ""; init; }

    [Description("Its value. It is escaped for where it stands: within quotes it can be any text, elsewhere in a query one plain word.")]
    [Required]
    [MaxLength(MaxValueLength)]
    public string Value { get => field ?? ""; init; }
}
