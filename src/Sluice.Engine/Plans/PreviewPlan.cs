namespace Sluice.Engine.Plans;

/// <summary>What runs behind the preview Service of blue-green before the promotion.</summary>
/// <param name="Replicas">Pods; null for as many as the Rollout has.</param>
public sealed record PreviewPlan(int? Replicas)
{
    /// <summary>Pods of the preview for R replicas: never more than these, since both sides together have room for 2R.</summary>
    public int PodsFor(int replicas) => Math.Min(Replicas ?? replicas, replicas);
}
