using Sluice.Kubernetes.Models;

namespace Sluice.Sandbox.Cluster.Jobs;

/// <summary>
/// The next status of a Job. A success or failure is announced first (SuccessCriteriaMet, FailureTarget); Complete or Failed follow
/// when every pod has ended and is counted.
/// </summary>
internal static class JobStatus
{
    public static V1JobStatus Next(JobView view)
    {
        var uncounted = JobAccounts.Uncounted(view);
        var settled = JobAccounts.Settled(view);
        var status = view.Status with
        {
            Active = NullIfZero(view.Active.Count),
            Ready = view.Ready,
            Terminating = view.Terminating.Count,
            Succeeded = NullIfZero((view.Status.Succeeded ?? 0) + settled.Succeeded),
            Failed = NullIfZero((view.Status.Failed ?? 0) + settled.Failed),
            UncountedTerminatedPods = uncounted,
            StartTime = view.IsSuspended && !view.IsEnding ? null : view.Status.StartTime ?? view.Now,
        };
        status = status with { Conditions = Conditions(view) };
        if (!view.IsEnding || HasUncounted(uncounted) || view.Active.Count > 0 || view.Terminating.Count > 0) return status;
        return Finish(view, status);
    }

    public static bool Same(V1JobStatus left, V1JobStatus right) =>
        left with { Conditions = null, UncountedTerminatedPods = null, ExtensionData = null, Ready = left.Ready ?? 0, Terminating = left.Terminating ?? 0 }
            == right with { Conditions = null, UncountedTerminatedPods = null, ExtensionData = null }
        && (left.Conditions ?? []).SequenceEqual(right.Conditions ?? [])
        && (left.UncountedTerminatedPods?.Succeeded ?? []).SequenceEqual(right.UncountedTerminatedPods?.Succeeded ?? [])
        && (left.UncountedTerminatedPods?.Failed ?? []).SequenceEqual(right.UncountedTerminatedPods?.Failed ?? []);

    private static bool HasUncounted(V1UncountedTerminatedPods? uncounted) => uncounted?.Succeeded?.Count > 0 || uncounted?.Failed?.Count > 0;

    private static int? NullIfZero(int count) => count == 0 ? null : count;

    private static IReadOnlyList<V1PodCondition>? Conditions(JobView view)
    {
        var before = view.Status.Conditions;
        if (view.IsEnding) return before;
        if (view.Failure() is { } failure) return Add(before, Condition(view, "FailureTarget", failure.Reason, failure.Message));
        if (view.IsComplete()) return Add(before, Condition(view, "SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"));
        var suspended = view.HasCondition("Suspended");
        if (view.IsSuspended == suspended) return before;
        return Add(before, view.IsSuspended
            ? Condition(view, "Suspended", "JobSuspended", "Job suspended")
            : Condition(view, "Suspended", "JobResumed", "Job resumed") with { Status = "False" });
    }

    private static V1JobStatus Finish(JobView view, V1JobStatus status)
    {
        var target = status.Conditions!.First(condition => condition is { Type: "SuccessCriteriaMet" or "FailureTarget", Status: "True" });
        var succeeded = target.Type == "SuccessCriteriaMet";
        var final = Condition(view, succeeded ? "Complete" : "Failed", target.Reason ?? "", target.Message ?? "");
        return status with { Conditions = Add(status.Conditions, final), CompletionTime = succeeded ? view.Now : null };
    }

    private static List<V1PodCondition> Add(IReadOnlyList<V1PodCondition>? before, V1PodCondition condition) =>
        [.. (before ?? []).Where(item => item.Type != condition.Type), condition];

    private static V1PodCondition Condition(JobView view, string type, string reason, string message) => new()
    {
        Type = type,
        Status = "True",
        LastProbeTime = view.Now,
        LastTransitionTime = view.Now,
        Reason = reason,
        Message = message,
    };
}
