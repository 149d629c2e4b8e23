using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>No two Rollouts may steer by the same route or Service: the one that came later is refused.</summary>
internal sealed class SharedRoutes(IClusterReader reader)
{
    /// <summary>What the Rollouts that came before say against this one's.</summary>
    public IReadOnlyList<FieldError> ErrorsOf(Rollout rollout)
    {
        if (TrafficRouters.ServicesOf(rollout.Spec.Strategy) is null) return [];

        return [.. Others(rollout).Where(other => Precedence.IsBefore(other, rollout)).SelectMany(other => Conflicts(rollout.Spec.Strategy, other))];
    }

    /// <summary>The Rollouts that share anything with this one.</summary>
    public IEnumerable<NamespacedName> SharingWith(Rollout rollout) => TrafficRouters.ServicesOf(rollout.Spec.Strategy) is null
        ? []
        : Others(rollout).Where(other => Conflicts(rollout.Spec.Strategy, other).Any()).Select(other => NamespacedName.Of(other));

    private static IEnumerable<FieldError> Conflicts(RolloutStrategy strategy, Rollout other)
    {
        if (TrafficRouters.ServicesOf(strategy) is not { } services || TrafficRouters.ServicesOf(other.Spec.Strategy) is not { } theirs) yield break;

        var (route, theirRoute) = (TrafficRouters.Of(strategy)?.Names, TrafficRouters.Of(other.Spec.Strategy)?.Names);
        if (route is { IsOnlyRead: false } && theirRoute?.Kind == route.Kind && theirRoute.Route == route.Route) yield return Taken(route.RouteField, $"{route}");
        if (services.Stable == theirs.Stable || services.Stable == theirs.Canary) yield return Taken(services.StableField, $"Service {services.Stable}");
        if (services.Canary == theirs.Stable || services.Canary == theirs.Canary) yield return Taken(services.CanaryField, $"Service {services.Canary}");

        FieldError Taken(string field, string what) => new($"{services.Field}.{field}", $"{what} is steered by Rollout {other.Metadata.Name} already");
    }

    private IEnumerable<Rollout> Others(Rollout rollout) =>
        reader.List<Rollout>(rollout.Metadata.Namespace ?? "", new Dictionary<string, string>()).Where(other => other.Metadata.Uid != rollout.Metadata.Uid);
}
