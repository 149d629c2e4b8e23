using System.ComponentModel;
using Sluice.Api.Schema;

namespace Sluice.Api;

/// <summary>How a new revision replaces the old one: exactly one of its members is set.</summary>
[CelRule("[has(self.canary), has(self.blueGreen)].exists_one(isSet, isSet)", RolloutStrategy.OneOf)]
public sealed record RolloutStrategy
{
    public const string OneOf = "the strategy is exactly one of canary and blueGreen";

    [Description("The new revision takes over in steps, as a growing share of the pods or, with a router, of the traffic.")]
    public CanaryStrategy? Canary { get; init; }

    [Description("The new revision is tried out behind a preview Service, and then gets all of the traffic at once.")]
    public BlueGreenStrategy? BlueGreen { get; init; }

    /// <summary>The steps as they are written.</summary>
    public IReadOnlyList<CanaryStep> WrittenSteps() => Canary?.Steps ?? BlueGreen?.PrePromotion ?? [];

    /// <summary>Where <see cref="WrittenSteps"/> stand in a Rollout.</summary>
    public string StepsField() => Canary is null && BlueGreen is not null ? "spec.strategy.blueGreen.prePromotion" : "spec.strategy.canary.steps";

    /// <summary>The same, with nothing between the first pods and the promotion.</summary>
    public RolloutStrategy WithoutSteps() => new()
    {
        Canary = Canary is null ? null : Canary with { Steps = [] },
        BlueGreen = BlueGreen is null ? null : BlueGreen with { PrePromotion = [], AutoPromote = true },
    };
}
