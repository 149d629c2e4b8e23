using Sluice.Sandbox.Cluster.Nodes;
using Sluice.Sandbox.Cluster.Traffic;

namespace Sluice.Sandbox.Cluster;

/// <summary>What can be set about the cluster's life.</summary>
public sealed record ClusterLifeOptions
{
    /// <summary>All jitter and all traffic noise comes from it.</summary>
    public int Seed { get; init; } = 1;

    public string NodeName { get; init; } = "sandbox-node";

    public NodeTimings Timings { get; init; } = new();

    public TrafficOptions Traffic { get; init; } = new();

    /// <summary>How often owners and dependents of kinds that are not watched (custom resources, ConfigMaps, …) are looked for; null never looks for them.</summary>
    public TimeSpan? GarbageSweep { get; init; } = TimeSpan.FromSeconds(5);
}
