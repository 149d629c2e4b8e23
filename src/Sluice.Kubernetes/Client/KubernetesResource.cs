using System.Reflection;
using Sluice.Kubernetes.Models;

namespace Sluice.Kubernetes.Client;

/// <summary>The API resource of a kind and the paths below which its objects live.</summary>
public sealed record KubernetesResource(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary>For logs and metrics, such as <c>replicasets.apps</c>.</summary>
    public string FullName { get; } = Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    private string Root { get; } = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";

    /// <summary>The resource of a kind, from its attribute.</summary>
    /// <exception cref="InvalidOperationException">The type has no <see cref="KubernetesEntityAttribute"/>.</exception>
    public static KubernetesResource Of<T>()
        where T : class, IKubernetesObject => Known<T>.Resource;

    /// <summary>The path of the kind in one namespace, or in all of them when <paramref name="ns"/> is null or empty.</summary>
    public string Collection(string? ns) =>
        Namespaced && !string.IsNullOrEmpty(ns) ? $"{Root}/namespaces/{Segment(ns, nameof(ns))}/{Plural}" : $"{Root}/{Plural}";

    /// <summary>The path of one object, or of a subresource of it.</summary>
    /// <exception cref="ArgumentException">The namespace is missing where the kind needs one, or a name could leave its path segment.</exception>
    public string Object(string? ns, string? name, string? subresource = null)
    {
        var path = $"{CollectionOfOne(ns)}/{Segment(name, nameof(name))}";
        return subresource is null ? path : $"{path}/{Segment(subresource, nameof(subresource))}";
    }

    /// <summary>The path to create an object at.</summary>
    public string CollectionOfOne(string? ns) => Namespaced && string.IsNullOrEmpty(ns)
        ? throw new ArgumentException($"{Kind} lives in a namespace and none was given", nameof(ns))
        : Collection(ns);

    /// <summary>Dots alone would be resolved as a path and reach another resource.</summary>
    private static string Segment(string? text, string parameter) => string.IsNullOrEmpty(text) || text is "." or ".." || text.Contains('/', StringComparison.Ordinal)
        ? throw new ArgumentException($"'{text}' cannot be part of a request path", parameter)
        : Uri.EscapeDataString(text);

    private static class Known<T>
    {
        public static readonly KubernetesResource Resource = Read(typeof(T));

        private static KubernetesResource Read(Type type) => type.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity
            ? new(entity.Group, entity.ApiVersion, entity.Kind, entity.PluralName, entity.Namespaced)
            : throw new InvalidOperationException($"{type.Name} has no [KubernetesEntity]");
    }
}
