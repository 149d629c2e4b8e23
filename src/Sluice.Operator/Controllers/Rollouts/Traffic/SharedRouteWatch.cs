using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>A Rollout that lets go of a route, Service or subset concerns those that were refused for its sake.</summary>
internal sealed record SharedRouteWatch(SharedRoutes Shared) : WatchDefinition
{
    public override Type EntityType => typeof(Rollout);

    public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current) =>
        old is Rollout rollout && HasLetGo(rollout.Spec.Strategy, (current as Rollout)?.Spec.Strategy) ? Shared.SharingWith(rollout) : [];

    private static bool HasLetGo(RolloutStrategy before, RolloutStrategy? after) =>
        (before.Canary?.Traffic is { } traffic && traffic != after?.Canary?.Traffic)
        || (before.BlueGreen is not null && TrafficRouters.SidesOf(before) != (after is null ? null : TrafficRouters.SidesOf(after)));
}
