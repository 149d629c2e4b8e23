using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>The AnalysisTemplates that a Rollout names.</summary>
internal static class AnalysisTemplates
{
    /// <summary>
    /// Those that exist. What a release copies at its start must be what people see at that moment, so they are read live as long as one may be about to start:
    /// a template and the Rollout that needs it are often applied together, and come by watches of their own.
    /// </summary>
    public static async Task<IReadOnlyList<AnalysisTemplate>> FindAsync(IClusterReader reader, Rollout rollout, CancellationToken ct)
    {
        if (rollout.Spec.Analysis?.Templates is not { Count: > 0 } references) return [];

        var found = new List<AnalysisTemplate>();
        foreach (var name in references.Select(reference => reference?.Name).OfType<string>().Distinct())
        {
            var key = new NamespacedName(rollout.Metadata.Namespace ?? "", name);
            var template = MayStart(rollout) ? null : reader.Get<AnalysisTemplate>(key);
            template ??= await reader.GetLiveAsync<AnalysisTemplate>(key, ct);
            if (template is not null) found.Add(template);
        }

        return found;
    }

    /// <summary>The Rollouts that a template concerns.</summary>
    public static IEnumerable<NamespacedName> UsersOf(IClusterReader reader, AnalysisTemplate template) =>
        reader.List<Rollout>(template.Metadata.Namespace ?? "")
            .Where(rollout => rollout.Spec.Analysis?.Templates?.Any(reference => reference?.Name == template.Metadata.Name) == true)
            .Select(rollout => NamespacedName.Of(rollout));

    private static bool MayStart(Rollout rollout) => rollout.Status switch
    {
        { Release: { Stage: not Stage.Pending } } => false,
        { Release: null, Phase: Phase.Healthy } status => status.ObservedGeneration != rollout.Metadata.Generation,
        _ => true,
    };
}
