using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>Finds the Release that a release in flight follows.</summary>
internal sealed class Records(ReleaseWorld world)
{
    /// <summary>Null without a release in flight, before its Release is written, and where somebody deleted it.</summary>
    public Release? RecordOf(Rollout rollout) => rollout.Status?.Release is { Name.Length: > 0 } release ? world.Cluster.Get<Release>(rollout.Metadata.Namespace!, release.Name) : null;

    public Plan PlanOf(Rollout rollout) => new(rollout, RecordOf(rollout));
}
