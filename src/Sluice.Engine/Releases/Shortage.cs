using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Kubernetes.Models;

namespace Sluice.Engine.Releases;

/// <summary>
/// Pods that the stable revision lacks while nothing takes it back: where no further one becomes available within the progress deadline, a person is told. Nothing else
/// follows from it.
/// </summary>
internal static class Shortage
{
    /// <summary>Counts for how long pods have been too few; every further one that is available begins it anew.</summary>
    public static StableStatus Counted(Pass pass, StableStatus stable, ObservedReplicaSet? set)
    {
        var available = set?.Available ?? 0;
        if (available >= (set?.Desired ?? 0)) return stable with { ShortSince = null, ProgressMark = 0 };

        return stable.ShortSince is null || available > stable.ProgressMark ? stable with { ShortSince = pass.Now, ProgressMark = available } : stable;
    }

    /// <summary>When the shortage that a status tells of becomes news; null without one.</summary>
    public static DateTimeOffset? Deadline(RolloutStatus status, TimeSpan progressDeadline) => status.Stable?.ShortSince + progressDeadline;

    /// <summary>Why pods are missing, in the words of kubelet or of the API server, or else which pod is not ready.</summary>
    public static string Cause(ObservedReplicaSet? set) => CanaryHealth.Complaint(set) is { Length: > 0 } complaint ? complaint : CanaryHealth.Unready(set);

    /// <summary>
    /// What is said once a deadline is over. The first time it is a change by itself, with an event, and rests on pods that were read live; null when it has been said.
    /// </summary>
    public static Decision.Transition? News(Pass pass, RolloutStatus status, Outlook outlook, string action) =>
        Said(pass, outlook.Reason) is null ? Transitions.Say(pass, status, outlook, isWarning: true, outlook.Reason, action, outlook.Message) with { RestsOnMissingPods = true } : null;

    /// <summary>In the words of before while the figures are the same: kubelet gives another cause each time that it tries again, and would have it written.</summary>
    public static Outlook Quietly(Pass pass, Outlook outlook) =>
        Said(pass, outlook.Reason)?.Message is { } before && Figures(before) == Figures(outlook.Message) ? outlook with { Message = before } : outlook;

    private static V1Condition? Said(Pass pass, string reason) => pass.Status.Conditions.FirstOrDefault(condition => condition.Type == ConditionTypes.Stalled && condition.Reason == reason);

    private static string Figures(string message) => message.Split('(')[0];
}
