using System.ComponentModel;

namespace Sluice.Api;

/// <summary>How far the replicas of the Deployment that workloadRef names are lowered. What is below <see cref="From"/> is the Rollout's to carry, and is given back when it goes.</summary>
public sealed record WorkloadStatus
{
    [Description("Name of the Deployment.")]
    public string Name { get => field ?? ""; init; }

    [Description("Its replicas before the last step down. More than these are somebody else's, who scaled it up: it is not scaled down again.")]
    public int From { get; init; }

    [Description("Its replicas after that step; 0 once it is taken over.")]
    public int To { get; init; }
}
