using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>How many pods of each revision the committed status calls for; none of the others.</summary>
internal sealed class PodTarget
{
    private readonly Dictionary<string, int> pods = [];

    /// <summary>Null where the status calls for nothing: every ReplicaSet stays as it is.</summary>
    public static PodTarget? CalledForBy(Rollout rollout, Plan plan)
    {
        if (rollout.Metadata.DeletionTimestamp is not null || rollout.Status is not { } status) return null;
        if (status.Release is not { } release) return status.Stable is { } stable && !IsRefused(rollout, status) ? new PodTarget().With(stable.Revision, plan.Replicas) : null;

        var (canary, previous) = plan.Split(status.Canary?.Weight ?? 0);
        return release.Stage switch
        {
            Stage.Pending or Stage.Expanding when release.PreviousRevision is not null => new PodTarget().With(release.PreviousRevision, plan.Replicas),
            Stage.Starting or Stage.Stepping => new PodTarget().With(release.Revision, canary).With(release.PreviousRevision, previous),
            Stage.Promoting when plan.IsRouted => new PodTarget().With(release.Revision, plan.Replicas).With(release.PreviousRevision, plan.Replicas),
            Stage.Promoting when !rollout.Spec.Paused && status.PausedBy is null => new PodTarget().With(release.Revision, plan.Replicas),
            Stage.Soaking or Stage.Contracting => new PodTarget().With(release.Revision, plan.Replicas),
            Stage.RollingBack or Stage.Undoing => new PodTarget().With(release.PreviousRevision, plan.Replicas),
            _ => null,
        };
    }

    public int Of(string revision) => pods.GetValueOrDefault(revision);

    public bool IsNamed(string revision) => pods.ContainsKey(revision);

    public override string ToString() => string.Join(", ", pods.Select(pair => $"{pair.Value} of {pair.Key}"));

    private static bool IsRefused(Rollout rollout, RolloutStatus status) => status.RefusedGeneration == rollout.Metadata.Generation;

    private PodTarget With(string? revision, int count)
    {
        if (revision is not null) pods[revision] = count;
        return this;
    }
}
