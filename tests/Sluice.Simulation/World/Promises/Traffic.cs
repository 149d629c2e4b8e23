using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>No pod of a revision, and so no traffic, before its expand migration is recorded as verified; whoever makes the pod.</summary>
internal sealed class Traffic(ReleaseWorld world) : IPromise
{
    private readonly HashSet<string> verified = [];

    public bool HoldsForLateArrivals => true;

    public void Check(Write write)
    {
        if (write.After is Migration { Spec.Phase: MigrationPhase.Expand, Status.State: MigrationState.Succeeded or MigrationState.Skipped } migration) verified.Add($"{migration.Metadata.Namespace}/{migration.Spec.Release}");
        if (write is not { IsCreation: true, After: V1Pod pod } || pod.Metadata.Label(Labels.Revision) is not { } revision || pod.Metadata.Label(Labels.Rollout) is not { } rollout) return;

        var releases = world.Cluster.List<Release>(write.Namespace, (Labels.Rollout, rollout)).Where(release => release.Spec.Revision == revision).ToList();
        Promise.Keep(
            releases.Count == 0 || releases.Exists(release => release.Spec.Migration is null || verified.Contains($"{write.Namespace}/{release.Metadata.Name}")),
            "no pod of a revision before its expand migration is verified",
            $"{write.Name} of {revision}");
    }
}
