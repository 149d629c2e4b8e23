namespace Sluice.Simulation.Randomised;

/// <summary>How the Rollout of a history leads traffic to its canary.</summary>
internal enum Steering
{
    /// <summary>By numbers of pods.</summary>
    Pods,
    BlueGreen,
    GatewayApi,
    Istio,
    Nginx,

    /// <summary>As <see cref="Istio"/>, by subsets of one Service instead of two Services.</summary>
    IstioSubsets,
}
