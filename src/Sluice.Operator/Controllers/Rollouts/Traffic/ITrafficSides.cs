using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>What a revision is written into: one for each kind. Without state.</summary>
internal interface ITrafficSides
{
    /// <summary>Reads sides of this kind live, in their order, without the pods behind them. That one is missing, or cannot be used, is part of the answer.</summary>
    Task<IReadOnlyList<ObservedSide>> ReadAsync(IClusterReader reader, string ns, IReadOnlyList<TrafficSide> sides, CancellationToken ct);

    /// <summary>Changes the object that has a side.</summary>
    /// <exception cref="KubernetesException">A conflict, when it is no longer as it was observed.</exception>
    Task ApplyAsync(IClusterWriter writer, string ns, TrafficSide side, TestedPatch patch, CancellationToken ct);
}
