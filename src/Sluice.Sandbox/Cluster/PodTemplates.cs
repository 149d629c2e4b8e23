using System.Text.Json;
using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

internal static class PodTemplates
{
    /// <summary>A pod of a template, controlled by <paramref name="owner"/>; the API server completes its name.</summary>
    /// <exception cref="JsonException">The template's spec is not a pod's.</exception>
    public static V1Pod NewPod(V1PodTemplateSpec? template, IKubernetesObject owner) => new()
    {
        Metadata = new V1ObjectMeta
        {
            GenerateName = GenerateName(owner.Metadata.Name ?? ""),
            Namespace = owner.Metadata.Namespace,
            Labels = template?.Metadata?.Labels,
            Annotations = template?.Metadata?.Annotations,
            Finalizers = template?.Metadata?.Finalizers,
            OwnerReferences = [ControllerOf(owner)],
        },
        Spec = template?.Spec is { ValueKind: JsonValueKind.Object } spec ? spec.Deserialize(ModelsJsonContext.Default.V1PodSpec) : new V1PodSpec(),
    };

    public static V1OwnerReference ControllerOf(IKubernetesObject owner) => V1OwnerReference.ToController(owner.ApiVersion ?? "", owner.Kind ?? "", owner.Metadata);

    /// <summary>The same to its users: labels and annotations (the hash label apart) and the spec as JSON, whatever the order of its fields.</summary>
    public static bool Equal(V1PodTemplateSpec? left, V1PodTemplateSpec? right) =>
        SameEntries(left?.Metadata?.Labels, right?.Metadata?.Labels)
        && SameEntries(left?.Metadata?.Annotations, right?.Metadata?.Annotations)
        && JsonElement.DeepEquals(left?.Spec ?? default, right?.Spec ?? default);

    // Leaves 5 characters for the suffix within the 63 of a DNS label, as the API server's own name generator does.
    private static string GenerateName(string owner) => owner.Length > 57 ? owner[..57] + "-" : owner + "-";

    private static bool SameEntries(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right)
    {
        var own = (left ?? new Dictionary<string, string>()).Where(IsOwn).ToDictionary();
        var other = (right ?? new Dictionary<string, string>()).Where(IsOwn).ToDictionary();
        return own.Count == other.Count && own.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);
    }

    private static bool IsOwn(KeyValuePair<string, string> entry) => entry.Key != WellKnown.PodTemplateHash;
}
