using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Workloads;

/// <summary>A Rollout that lets go of a Deployment concerns those that were refused for its sake.</summary>
internal sealed record SharedWorkloadWatch(SharedWorkloads Shared) : WatchDefinition
{
    public override Type EntityType => typeof(Rollout);

    public override IEnumerable<NamespacedName> KeysFor(IKubernetesObject? old, IKubernetesObject? current) =>
        old is Rollout { Spec.WorkloadRef: { } before } rollout && before.Name != (current as Rollout)?.Spec.WorkloadRef?.Name
            ? Shared.UsersOf(rollout.Metadata.Namespace, before.Name).Select(user => NamespacedName.Of(user))
            : [];
}
