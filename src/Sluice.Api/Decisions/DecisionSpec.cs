using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>What a person decided.</summary>
[CelRule(
    "has(self.revision) || !(self.action in ['Continue', 'PromoteFull', 'Approve', 'Reject', 'Override'])",
    "revision is required for Continue, PromoteFull, Approve, Reject and Override: it says what was looked at")]
[CelRule("has(self.gate) == (self.action in ['Approve', 'Reject'])", "gate goes with Approve and Reject, and only with them")]
[CelRule("has(self.toRelease) == (self.action == 'RollBack')", "toRelease goes with RollBack, and only with it")]
[CelRule("has(self.subject) == (self.action == 'Override') && has(self.ticket) == (self.action == 'Override')", "subject and ticket go with Override, and only with it")]
public sealed record DecisionSpec
{
    [Description("Name of the Rollout, in this namespace.")]
    [Required]
    [MinLength(1)]
    [MaxLength(253)]
    public string Rollout { get => field ?? ""; init; }

    [Description("Abort rolls the release back. Pause and Resume stop and restart its steps. Continue ends the present pause, or an analysis without a verdict. "
        + "PromoteFull skips the steps that are left. Retry releases the same revision again, from its first step. RollBack goes back to toRelease. "
        + "Approve and Reject answer a gate. Override passes what blocks, named in subject.")]
    [Required]
    public DecisionAction? Action { get; init; }

    [Description("Who decides: your user name, as `kubectl auth whoami` tells it. Where the admission policy is installed, any other is refused.")]
    [Required]
    [MinLength(1)]
    [MaxLength(256)]
    public string By { get => field ?? ""; init; }

    [Description("Why, for the record.")]
    [Required]
    [MinLength(1)]
    [MaxLength(512)]
    public string Reason { get => field ?? ""; init; }

    [Description("Name of the Release that is meant. Default: the one that existed when the Decision was made; so a late one cannot hit the next release.")]
    [MinLength(1)]
    [MaxLength(253)]
    public string? Release { get; init; }

    [Description("The revision that was looked at, from the Rollout's status.canary.revision. For another one the Decision does not count.")]
    [MinLength(1)]
    [MaxLength(63)]
    public string? Revision { get; init; }

    [Description("Name of the gate that is answered.")]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string? Gate { get; init; }

    [Description("Name of the Release to go back to: one that was promoted.")]
    [MinLength(1)]
    [MaxLength(253)]
    public string? ToRelease { get; init; }

    [Description("What is overridden: gate/NAME lets the release through that gate; migration/NAME states that this Migration, whose end nobody saw, is done; "
        + "lock/NAME states that no pod of the lock's holder can write any more; floor/REVISION lets that revision run below the schema floor.")]
    [MaxLength(264)]
    [Pattern(@"^(gate|migration|lock|floor)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
    public string? Subject { get; init; }

    [Description("The ticket or incident that justifies the Override.")]
    [MinLength(1)]
    [MaxLength(256)]
    public string? Ticket { get; init; }
}
