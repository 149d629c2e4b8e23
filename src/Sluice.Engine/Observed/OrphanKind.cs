namespace Sluice.Engine.Observed;

/// <summary>What a Rollout takes over where it has no controller.</summary>
public enum OrphanKind
{
    ReplicaSet,
    Release,
}
