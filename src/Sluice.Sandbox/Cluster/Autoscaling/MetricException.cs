namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>A metric that cannot be had; the message is for the autoscaler's condition.</summary>
internal sealed class MetricException(string message) : Exception(message);
