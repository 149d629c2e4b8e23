using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Autoscaling;

/// <summary>What an autoscaler has come to at one look.</summary>
/// <param name="Current">The replicas that it has found.</param>
/// <param name="Desired">Those that it wants.</param>
internal sealed record Verdict(int Current, int Desired)
{
    public IReadOnlyList<V2MetricStatus> Metrics { get; init; } = [];

    /// <summary>AbleToScale, ScalingActive and ScalingLimited, as far as there is something to say.</summary>
    public required IReadOnlyList<V1Condition> Conditions { get; init; }

    public static V1Condition Condition(string type, bool status, string reason, string message) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
