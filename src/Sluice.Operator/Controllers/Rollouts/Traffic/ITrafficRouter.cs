using Sluice.Api;
using Sluice.Engine;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Client;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts.Traffic;

/// <summary>Something that carries weights: one for each kind of route. Without state.</summary>
internal interface ITrafficRouter
{
    /// <summary>What is to be looked at; null where the strategy names no route of this kind.</summary>
    RouteNames? NamesIn(CanaryTraffic traffic);

    /// <summary>Reads the route live. That it is missing, or cannot be used, is part of the answer.</summary>
    /// <param name="reader">Of the cluster.</param>
    /// <param name="rollout">Whose route it is.</param>
    /// <param name="names">What is to be looked at.</param>
    /// <param name="sides">What the route splits between, as it was just seen.</param>
    /// <param name="ct">Ends the reading.</param>
    Task<ObservedRoute> ObserveAsync(IClusterReader reader, Rollout rollout, RouteNames names, ObservedTraffic sides, CancellationToken ct);

    /// <summary>Gives the canary's side its share in the places that the effect names.</summary>
    /// <exception cref="KubernetesException">A conflict, when the route is no longer as it was observed.</exception>
    Task SetWeightAsync(IClusterReader reader, IClusterWriter writer, Rollout rollout, RouteNames names, ObservedRoute observed, Effect.SetWeight effect, CancellationToken ct);
}
