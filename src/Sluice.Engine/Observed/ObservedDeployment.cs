using Sluice.Api;

namespace Sluice.Engine.Observed;

/// <summary>The Deployment that a Rollout takes over.</summary>
public sealed record ObservedDeployment
{
    public required string Name { get; init; }

    /// <summary>Fences every write that rests on this observation.</summary>
    public required string ResourceVersion { get; init; }

    public required long Generation { get; init; }

    /// <summary>What the Rollout releases.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary><c>spec.replicas</c>.</summary>
    public required int Desired { get; init; }

    /// <summary>Pods that exist and are not terminating.</summary>
    public required int Pods { get; init; }

    public required int Available { get; init; }

    /// <summary>False while its controller has not seen the newest spec: its figures are of the old one.</summary>
    public required bool IsCurrent { get; init; }

    public required bool IsTerminating { get; init; }
}
