namespace Sluice.Kubernetes.Models;

/// <summary>What every Kubernetes object carries.</summary>
public interface IKubernetesObject
{
    string? ApiVersion { get; }

    string? Kind { get; }

    V1ObjectMeta Metadata { get; }
}

/// <summary>An object that can be copied with other metadata, so that generic code can set it.</summary>
public interface IKubernetesObject<TSelf> : IKubernetesObject
    where TSelf : IKubernetesObject<TSelf>
{
    TSelf WithMetadata(V1ObjectMeta metadata);
}

/// <summary>The name of an object within its kind; <see cref="Namespace"/> is empty for cluster-scoped kinds.</summary>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    public static NamespacedName Of(IKubernetesObject item) => new(item.Metadata.Namespace ?? "", item.Metadata.Name ?? "");

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
