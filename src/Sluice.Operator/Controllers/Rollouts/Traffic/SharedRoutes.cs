using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>No two Rollouts may steer by the same route, Service or subset: the one that came later is refused.</summary>
internal sealed class SharedRoutes(IClusterReader reader)
{
    /// <summary>What the Rollouts that came before say against this one's.</summary>
    public IReadOnlyList<FieldError> ErrorsOf(Rollout rollout)
    {
        if (TrafficRouters.SidesOf(rollout.Spec.Strategy) is null) return [];

        return [.. Others(rollout).Where(other => Precedence.IsBefore(other, rollout)).SelectMany(other => Conflicts(rollout.Spec.Strategy, other))];
    }

    /// <summary>The Rollouts that share anything with this one.</summary>
    public IEnumerable<NamespacedName> SharingWith(Rollout rollout) => TrafficRouters.SidesOf(rollout.Spec.Strategy) is null
        ? []
        : Others(rollout).Where(other => Conflicts(rollout.Spec.Strategy, other).Any()).Select(other => NamespacedName.Of(other));

    private static IEnumerable<FieldError> Conflicts(RolloutStrategy strategy, Rollout other)
    {
        if (TrafficRouters.SidesOf(strategy) is not { } sides || TrafficRouters.SidesOf(other.Spec.Strategy) is not { } theirs) yield break;

        var (route, theirRoute) = (TrafficRouters.Of(strategy)?.Names, TrafficRouters.Of(other.Spec.Strategy)?.Names);
        if (route is { IsOnlyRead: false } && theirRoute?.Kind == route.Kind && theirRoute.Route == route.Route) yield return Taken($"{route.Field}.{route.RouteField}", $"{route}");
        if (sides.Stable == theirs.Stable || sides.Stable == theirs.Canary) yield return Taken($"{sides.Field}.{sides.StableField}", $"{sides.Stable}");
        if (sides.Canary == theirs.Stable || sides.Canary == theirs.Canary) yield return Taken($"{sides.Field}.{sides.CanaryField}", $"{sides.Canary}");

        FieldError Taken(string field, string what) => new(field, $"{what} is steered by Rollout {other.Metadata.Name} already");
    }

    private IEnumerable<Rollout> Others(Rollout rollout) =>
        reader.List<Rollout>(rollout.Metadata.Namespace ?? "").Where(other => other.Metadata.Uid != rollout.Metadata.Uid);
}
