using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>The contract phase: what removes the last that an older revision needs.</summary>
public sealed record ContractPhase(int Retries = 0, bool LogTail = true) : PhaseCommand(Retries, LogTail)
{
    [Description("Whether no older revision can run once it has begun: from then on the Rollout does not go back to one, but by an Override.")]
    [Default(false)]
    public bool Irreversible { get; init; }
}
