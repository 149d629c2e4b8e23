using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>The new revision is tried out behind a preview Service, and then gets all of the traffic at once.</summary>
/// <param name="AutoPromote">Whether the last step leads to the promotion by itself.</param>
[CelRule("!has(self.prePromotion) || self.prePromotion.all(s, !has(s.setWeight))", BlueGreenStrategy.NoWeights)]
[CelRule("self.activeService != self.previewService", BlueGreenStrategy.TwoServices)]
public sealed record BlueGreenStrategy(
    [property: Description("Whether the revision is promoted by itself after the last step. If false, a person's Decision is waited for then: Continue or PromoteFull.")]
    [property: Default(true)]
    bool AutoPromote = true)
{
    public const string NoWeights = "a step before the promotion cannot set a weight: the preview gets none of the active Service's traffic";

    public const string TwoServices = "the active and the preview Service must be two";

    [Description("Name of the Service that carries the traffic. The operator puts the revision into its selector: the old one's, and the new one's in the moment of the promotion.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string ActiveService { get => field ?? ""; init; }

    [Description("Name of the Service by which the new revision is reached before its promotion; otherwise it selects the stable revision. The operator puts the revision into its selector.")]
    [Required]
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Patterns.DnsLabel)]
    public string PreviewService { get => field ?? ""; init; }

    [Description("Pods of the new revision before its promotion, at most replicas; as many as replicas if it is not set.")]
    [Minimum(1)]
    [Maximum(RolloutSpec.MaxReplicas)]
    public int? PreviewReplicas { get; init; }

    [Description("The steps on the preview, taken one at a time before the promotion. They set no weight.")]
    [MaxItems(CanaryStrategy.MaxSteps)]
    [ListType("atomic")]
    public IReadOnlyList<CanaryStep> PrePromotion { get => field ?? []; init; }

    [Description("How long pods stay when no Service leads to them any more: of the old revision after a promotion, of the new one after a rollback. Within it the way back takes no longer than the change of a selector. A Go duration.")]
    [MaxLength(32)]
    [Pattern(Patterns.Duration)]
    [Default("30s")]
    public string ScaleDownDelay { get => field ?? "30s"; init; }
}
