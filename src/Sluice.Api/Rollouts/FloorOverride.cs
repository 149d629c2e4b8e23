using System.ComponentModel;

namespace Sluice.Api;

/// <summary>A person's word that a revision below the schema floor may run.</summary>
public sealed record FloorOverride
{
    [Description("The revision.")]
    public string Revision { get => field ?? ""; init; }

    [Description("Who decided so, and why.")]
    public DecisionRecord Decision { get => field ?? new(); init; }
}
