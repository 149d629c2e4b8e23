using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>A Rollout that lets go of a route or Service concerns those that were refused for its sake.</summary>
internal sealed record SharedRouteWatch(SharedRoutes Shared) : WatchDefinition
{
    public override Type EntityType => typeof(Rollout);

    public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current) =>
        old is Rollout { Spec.Strategy.Canary.Traffic: { } before } rollout && before != (current as Rollout)?.Spec.Strategy.Canary.Traffic ? Shared.SharingWith(rollout) : [];
}
