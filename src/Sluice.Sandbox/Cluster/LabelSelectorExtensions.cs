using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster;

internal static class LabelSelectorExtensions
{
    /// <summary>True when all requirements hold. As in apps/v1, an empty selector selects nothing here: a controller must not own everything.</summary>
    public static bool Selects(this V1LabelSelector? selector, V1ObjectMeta metadata) =>
        selector is not null
        && (selector.MatchLabels?.Count > 0 || selector.MatchExpressions?.Count > 0)
        && (selector.MatchLabels ?? new Dictionary<string, string>()).All(wanted => metadata.Label(wanted.Key) == wanted.Value)
        && (selector.MatchExpressions ?? []).All(requirement => requirement.Holds(metadata.Label(requirement.Key)));

    private static bool Holds(this V1LabelSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        "In" => value is not null && requirement.Values?.Contains(value) == true,
        "NotIn" => value is null || requirement.Values?.Contains(value) != true,
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        _ => false,
    };
}
