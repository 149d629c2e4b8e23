using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>A contract migration that has not begun, and waits for the next promotion.</summary>
public sealed record OwedContract
{
    [Description("Name of the Release whose contract it is.")]
    [Required]
    public string Release { get => field ?? ""; init; }

    [Description("Number of that Release.")]
    public int Number { get; init; }

    [Description("Whether it is not to run any more, because a revision from before was promoted again. A Migration is to say so, for as long as Migrations are kept.")]
    public bool Dropped { get; init; }

    [Description("Why it has not begun, in a sentence.")]
    public string? Message { get; init; }
}
