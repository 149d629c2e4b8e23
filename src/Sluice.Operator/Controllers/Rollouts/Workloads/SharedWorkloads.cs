using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Workloads;

/// <summary>No two Rollouts may take over one Deployment: the one that came later is refused.</summary>
internal sealed class SharedWorkloads(IClusterReader reader)
{
    /// <summary>What a Rollout that came before says against this one's Deployment.</summary>
    public IReadOnlyList<FieldError> ErrorsOf(Rollout rollout) =>
        UsersOf(rollout.Metadata.Namespace, rollout.Spec.WorkloadRef?.Name).Where(other => Precedence.IsBefore(other, rollout)).MinBy(Precedence.Of) is { } first
            ? [new FieldError("spec.workloadRef.name", $"Deployment {rollout.Spec.WorkloadRef!.Name} is taken over by Rollout {first.Metadata.Name} already")]
            : [];

    /// <summary>The Rollouts that name a Deployment.</summary>
    public IEnumerable<Rollout> UsersOf(string? ns, string? deployment) =>
        deployment is null ? [] : reader.List<Rollout>(ns ?? "").Where(rollout => rollout.Spec.WorkloadRef?.Name == deployment);
}
