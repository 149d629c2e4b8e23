namespace Sluice.Kubernetes.Models;

/// <summary>Names the API resource that a record represents; the client builds request paths from it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    /// <summary>The API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>The version within the group, such as <c>v1</c>.</summary>
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    /// <summary>The lower-case plural used in request paths.</summary>
    public required string PluralName { get; init; }

    /// <summary>False for kinds that live outside namespaces.</summary>
    public bool Namespaced { get; init; } = true;
}
