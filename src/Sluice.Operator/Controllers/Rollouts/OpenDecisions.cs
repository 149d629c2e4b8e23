using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>Decisions about a Rollout that wait for an answer.</summary>
internal static class OpenDecisions
{
    /// <summary>As the watch cache shows them.</summary>
    public static IReadOnlyList<Decision> Cached(IClusterReader reader, NamespacedName rollout) =>
        [.. reader.List<Decision>(rollout.Namespace).Where(decision => decision.Spec.Rollout == rollout.Name && IsOpen(decision))];

    /// <summary>As it is now; null when it was answered or deleted meanwhile.</summary>
    public static async Task<Decision?> ConfirmAsync(IClusterReader reader, Decision cached, CancellationToken ct) =>
        await reader.GetLiveAsync<Decision>(NamespacedName.Of(cached), ct) is { } live && IsOpen(live) ? live : null;

    private static bool IsOpen(Decision decision) => decision is { Status: null or { State: null }, Metadata.DeletionTimestamp: null };
}
