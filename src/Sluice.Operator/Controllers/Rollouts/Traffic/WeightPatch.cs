using System.Text.Json.Nodes;
using Sluice.Engine;
using Sluice.Engine.Observed;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>The patch of a route whose backends have a field <c>weight</c>.</summary>
internal static class WeightPatch
{
    public static TestedPatch Of(ObservedRoute observed, Effect.SetWeight effect) => effect.Splits.Aggregate(
        new TestedPatch(observed.ResourceVersion),
        (patch, split) => patch
            .Set($"{split.StablePath}/weight", split.Stable is { } stable ? JsonValue.Create(stable) : null, JsonValue.Create(100 - effect.Weight))
            .Set($"{split.CanaryPath}/weight", split.Canary is { } canary ? JsonValue.Create(canary) : null, JsonValue.Create(effect.Weight)));
}
