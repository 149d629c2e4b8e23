using System.Collections.Concurrent;
using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Kubernetes.Models;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>
/// Says when what was observed is worth a write. Counts of pods and sentences that quote them change several times within a moment while pods are moved;
/// they are written once they have differed for a while. Phase, conditions and the observed generation are written at once, for people and tools wait for them.
/// </summary>
internal sealed class SettlingReports(TimeProvider time, TimeSpan holdFor)
{
    private readonly ConcurrentDictionary<NamespacedName, long> differsSince = new();

    /// <summary>How long to wait still before <paramref name="observed"/> is written: zero for now, null for not at all.</summary>
    public TimeSpan? WriteAfter(NamespacedName key, RolloutStatus committed, RolloutStatus observed)
    {
        if (SemanticEquality.SemanticallyEqual(committed, observed, ApiJsonContext.Default.RolloutStatus))
        {
            Forget(key);
            return null;
        }

        if (IsAwaited(committed, observed)) return TimeSpan.Zero;

        var held = time.GetElapsedTime(differsSince.GetOrAdd(key, _ => time.GetTimestamp()));
        return held >= holdFor ? TimeSpan.Zero : holdFor - held;
    }

    /// <summary>A status was written, or there is nothing to write any more.</summary>
    public void Forget(NamespacedName key) => differsSince.TryRemove(key, out _);

    private static bool IsAwaited(RolloutStatus committed, RolloutStatus observed) =>
        committed.Phase != observed.Phase
        || committed.ObservedGeneration != observed.ObservedGeneration
        || !Words(committed).SequenceEqual(Words(observed));

    private static IEnumerable<(string Type, string Status, string? Reason)> Words(RolloutStatus status) =>
        status.Conditions.Select(condition => (condition.Type, condition.Status, condition.Reason)).Order();
}
