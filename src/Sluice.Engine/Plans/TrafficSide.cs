namespace Sluice.Engine.Plans;

/// <summary>What leads to the pods of one revision, by the labels that it asks of them: a Service, or a subset of a DestinationRule of Istio.</summary>
/// <param name="Name">The Service's, or the subset's.</param>
/// <param name="DestinationRule">The name of the DestinationRule that has the subset; null for a Service.</param>
public sealed record TrafficSide(string Name, string? DestinationRule = null)
{
    /// <summary>Kind and name of the object that the revision is written into; both subsets are of one.</summary>
    public string Written => DestinationRule is null ? $"Service {Name}" : $"DestinationRule {DestinationRule}";

    /// <summary>Name of the Service by which this side is reached, and no other; null for a subset.</summary>
    public string? Service => DestinationRule is null ? Name : null;

    /// <summary>Name of the subset; null for a Service.</summary>
    public string? Subset => DestinationRule is null ? null : Name;

    public override string ToString() => DestinationRule is null ? Written : $"subset {Name} of {Written}";
}
