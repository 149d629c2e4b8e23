namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>What a metric says of one pod, in the metric's own unit.</summary>
/// <param name="Usage">What the pod has or does now.</param>
/// <param name="Target">What it is meant to have.</param>
/// <param name="IsReady">A pod that is not ready counts for nothing, unless it would take part of a load that calls for more pods.</param>
internal readonly record struct PodSample(double Usage, double Target, bool IsReady);
