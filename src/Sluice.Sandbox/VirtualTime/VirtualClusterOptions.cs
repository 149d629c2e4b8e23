using System.Text.Json.Serialization.Metadata;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.Cluster;
using Sluice.Sandbox.Cluster.Garbage;

namespace Sluice.Sandbox.VirtualTime;

/// <summary>How a virtual cluster is set up.</summary>
public sealed record VirtualClusterOptions
{
    /// <summary>Seed of UIDs, generated names, jitter and traffic.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>When its time begins, unless <see cref="Image"/> says so.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the API server begins with, such as definitions of custom resources, and when; null for nothing.</summary>
    public ApiServerImage? Image { get; init; }

    /// <summary>Contexts of custom resources.</summary>
    public IReadOnlyList<IJsonTypeInfoResolver> TypeInfoResolvers { get; init; } = [];

    /// <summary>The controllers of the built-in kinds and the node; null leaves them out. The sweep for unwatched kinds is off by default: it would never let the cluster rest.</summary>
    public ClusterLifeOptions? Life { get; init; } = new() { GarbageSweep = null };

    /// <summary>Lag and faults of the cluster's life.</summary>
    public ControllerSetOptions LifeProcess { get; init; } = new();

    /// <summary>Custom kinds whose ownership the garbage collector follows.</summary>
    public IReadOnlyList<CollectedKind> CollectedKinds { get; init; } = [];

    /// <summary>Draws the order in which ready keys are reconciled; null: in order of arrival.</summary>
    public Random? Interleaving { get; init; }

    /// <summary>More reconciles of one key than this within one second of virtual time are a <see cref="HotLoopException"/>.</summary>
    public int MaxReconcilesPerSecond { get; init; } = 1000;

    /// <summary>Of which API groups the API server accounts for every writer in managedFields; see <see cref="ApiServerOptions.TracksUpdateManagers"/>.</summary>
    public Func<string, bool> TracksUpdateManagers { get; init; } = _ => true;

    /// <summary>Whether the cluster's life writes events; off by default, for few tests read them and every write costs.</summary>
    public bool LifeEvents { get; init; }
}
