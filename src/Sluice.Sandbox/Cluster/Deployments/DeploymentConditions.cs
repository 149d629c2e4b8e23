using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Deployments;

/// <summary>The conditions Available, Progressing and ReplicaFailure of a Deployment, with Kubernetes' reasons.</summary>
internal static class DeploymentConditions
{
    private const string Progressing = "Progressing";
    private const string NewReplicaSetAvailable = "NewReplicaSetAvailable";

    public static IReadOnlyList<V1DeploymentCondition> Of(
        V1Deployment deployment, V1DeploymentStatus status, RevisionSets sets, bool createdNow, DateTimeOffset now)
    {
        var before = deployment.Status?.Conditions ?? [];
        var conditions = new List<V1DeploymentCondition> { Set(before, Available(deployment, status), now) };
        if (Progress(deployment, status, sets, createdNow, now) is { } progress) conditions.Add(Set(before, progress, now));
        if (Failure(sets) is { } failure) conditions.Add(Set(before, failure, now));
        return conditions;
    }

    /// <summary>When the rollout counts as stuck unless it progresses; null when it is not running.</summary>
    public static DateTimeOffset? Deadline(V1Deployment deployment, V1DeploymentStatus status) =>
        deployment.Spec?.Paused != true
        && deployment.Spec?.ProgressDeadlineSeconds is { } seconds and < int.MaxValue
        && status.Conditions?.FirstOrDefault(condition => condition.Type == Progressing) is { Status: not "False", Reason: not NewReplicaSetAvailable } progress
            ? progress.LastUpdateTime?.AddSeconds(seconds)
            : null;

    private static V1DeploymentCondition Available(V1Deployment deployment, V1DeploymentStatus status)
    {
        var enough = (status.AvailableReplicas ?? 0) >= deployment.Replicas() - RolloutBounds.Of(deployment).Unavailable;
        return enough
            ? Condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
            : Condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
    }

    /// <summary>Null without a progress deadline; otherwise what the rollout does now, or the last word while nothing changes.</summary>
    private static V1DeploymentCondition? Progress(V1Deployment deployment, V1DeploymentStatus status, RevisionSets sets, bool createdNow, DateTimeOffset now)
    {
        if (deployment.Spec?.ProgressDeadlineSeconds is null) return null;
        var before = deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == Progressing);
        if (deployment.Spec.Paused == true) return Condition(Progressing, "Unknown", "DeploymentPaused", "Deployment is paused");
        if (before?.Reason == "DeploymentPaused") return Condition(Progressing, "Unknown", "DeploymentResumed", "Deployment is resumed") with { LastUpdateTime = now };

        var name = sets.Newest?.Metadata.Name;
        if (createdNow) return Condition(Progressing, "True", "NewReplicaSetCreated", $"Created new replica set \"{name}\"") with { LastUpdateTime = now };
        if (IsComplete(deployment, status))
        {
            return Condition(Progressing, "True", NewReplicaSetAvailable, $"ReplicaSet \"{name}\" has successfully progressed.");
        }

        // A rollout that was complete stays so while its pods come and go: only a new ReplicaSet begins another.
        var complete = before?.Reason == NewReplicaSetAvailable && status.Replicas == status.UpdatedReplicas;
        if (complete) return before;
        if (before is null || before.Reason == NewReplicaSetAvailable || IsProgressing(deployment.Status, status))
        {
            return Condition(Progressing, "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.") with { LastUpdateTime = now };
        }

        return before.LastUpdateTime?.AddSeconds(deployment.Spec.ProgressDeadlineSeconds.Value) <= now && before.Status != "False"
            ? Condition(Progressing, "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.")
            : before;
    }

    private static bool IsComplete(V1Deployment deployment, V1DeploymentStatus status) =>
        (status.UpdatedReplicas ?? 0) == deployment.Replicas()
        && (status.Replicas ?? 0) == deployment.Replicas()
        && (status.AvailableReplicas ?? 0) == deployment.Replicas();

    private static bool IsProgressing(V1DeploymentStatus? before, V1DeploymentStatus status) =>
        (status.UpdatedReplicas ?? 0) > (before?.UpdatedReplicas ?? 0)
        || (status.Replicas ?? 0) - (status.UpdatedReplicas ?? 0) < (before?.Replicas ?? 0) - (before?.UpdatedReplicas ?? 0)
        || (status.ReadyReplicas ?? 0) > (before?.ReadyReplicas ?? 0)
        || (status.AvailableReplicas ?? 0) > (before?.AvailableReplicas ?? 0);

    private static V1DeploymentCondition? Failure(RevisionSets sets) =>
        sets.All.SelectMany(item => item.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } failure
            ? Condition(failure.Type, "True", failure.Reason ?? "", failure.Message ?? "")
            : null;

    private static V1DeploymentCondition Condition(string type, string status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message };

    /// <summary>Keeps the times of a condition that says what it said; lastTransitionTime moves with the status only.</summary>
    private static V1DeploymentCondition Set(IReadOnlyList<V1DeploymentCondition> before, V1DeploymentCondition condition, DateTimeOffset now)
    {
        var old = before.FirstOrDefault(item => item.Type == condition.Type);
        if (old is not null && old.Status == condition.Status && old.Reason == condition.Reason && condition.LastUpdateTime is null) return old;
        return condition with
        {
            LastUpdateTime = condition.LastUpdateTime ?? now,
            LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : now,
        };
    }
}
