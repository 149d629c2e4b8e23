using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.ReplicaSets;

/// <summary>What a ReplicaSet says of its pods.</summary>
internal static class ReplicaSetStatus
{
    private const string ReplicaFailure = "ReplicaFailure";

    /// <summary>Counts active pods; a terminating one is none of the ReplicaSet's replicas any more.</summary>
    public static V1ReplicaSetStatus Of(V1ReplicaSet replicaSet, IReadOnlyList<V1Pod> active, string? failure, DateTimeOffset now)
    {
        var minReady = replicaSet.Spec?.MinReadySeconds ?? 0;
        var template = replicaSet.Spec?.Template?.Metadata?.Labels ?? new Dictionary<string, string>();
        return new V1ReplicaSetStatus
        {
            Replicas = active.Count,
            FullyLabeledReplicas = NullIfZero(active.Count(pod => template.All(label => pod.Metadata.Label(label.Key) == label.Value))),
            ReadyReplicas = NullIfZero(active.Count(PodExtensions.IsReady)),
            AvailableReplicas = NullIfZero(active.Count(pod => pod.AvailableFrom(minReady) <= now)),
            TerminatingReplicas = replicaSet.Status?.TerminatingReplicas,
            ObservedGeneration = replicaSet.Metadata.Generation,
            Conditions = Conditions(replicaSet.Status?.Conditions, failure, now),
        };
    }

    /// <summary>When the next ready pod becomes available; null when none is waiting for that.</summary>
    public static DateTimeOffset? NextAvailable(V1ReplicaSet replicaSet, IReadOnlyList<V1Pod> active, DateTimeOffset now) => active
        .Select(pod => pod.AvailableFrom(replicaSet.Spec?.MinReadySeconds ?? 0))
        .Where(moment => moment > now)
        .Min();

    /// <summary>The API leaves out zeros, so that null and 0 are the same count.</summary>
    public static bool Same(V1ReplicaSetStatus? left, V1ReplicaSetStatus right) =>
        left is not null
        && left.Replicas == right.Replicas
        && (left.FullyLabeledReplicas ?? 0) == (right.FullyLabeledReplicas ?? 0)
        && (left.ReadyReplicas ?? 0) == (right.ReadyReplicas ?? 0)
        && (left.AvailableReplicas ?? 0) == (right.AvailableReplicas ?? 0)
        && left.ObservedGeneration == right.ObservedGeneration
        && (left.Conditions ?? []).SequenceEqual(right.Conditions ?? []);

    private static int? NullIfZero(int count) => count == 0 ? null : count;

    private static List<V1Condition>? Conditions(IReadOnlyList<V1Condition>? before, string? failure, DateTimeOffset now)
    {
        var others = (before ?? []).Where(condition => condition.Type != ReplicaFailure).ToList();
        if (failure is not null) others.Add(before?.FirstOrDefault(condition => condition.Type == ReplicaFailure) ?? Failure(failure, now));
        return others.Count == 0 ? null : others;
    }

    /// <summary>It keeps the words of the first failure until none fails any more, as Kubernetes' controller has it.</summary>
    private static V1Condition Failure(string message, DateTimeOffset now) => new()
    {
        Type = ReplicaFailure,
        Status = "True",
        LastTransitionTime = now,
        Reason = "FailedCreate",
        Message = message,
    };
}
