using System.Text.Json;
using Sluice.Api;

namespace Sluice.Engine.Plans;

/// <summary>What can be said against a pod template without asking the API server.</summary>
internal static class TemplateCheck
{
    /// <param name="template">The template.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="add">Takes a field and what is wrong with it.</param>
    public static void Check(PodTemplate template, string field, Action<string, string> add)
    {
        foreach (var label in template.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (label.Key.StartsWith(ApiGroup.Name + "/", StringComparison.Ordinal))
            {
                add($"{field}.metadata.labels[{label.Key}]", $"labels with the prefix {ApiGroup.Name}/ select the pods of a revision and are set by the operator: remove it");
            }
        }

        if (template.Spec is not { ValueKind: JsonValueKind.Object } spec)
        {
            add($"{field}.spec", "a pod spec is required");
        }
        else if (!spec.TryGetProperty("containers", out var containers) || containers.ValueKind != JsonValueKind.Array || containers.GetArrayLength() == 0)
        {
            add($"{field}.spec.containers", "at least one container is required");
        }
    }
}
