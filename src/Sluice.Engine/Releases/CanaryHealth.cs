using Sluice.Api;
using Sluice.Engine.Observed;

namespace Sluice.Engine.Releases;

/// <summary>Failures of pods that no waiting will mend.</summary>
internal static class CanaryHealth
{
    /// <summary>Restarts without ever having been ready that make a crash loop certain.</summary>
    private const int CertainRestarts = 3;

    /// <summary>
    /// The first certain failure: an image name that is none, an image that may never be pulled, a container restarted three times without ever becoming ready.
    /// Everything else (pulls that fail, pods that cannot be scheduled, quota) may still come right, and has until the progress deadline; and so has what failed
    /// before the release began, in pods that are still there: it would not have been asked for again had nothing changed.
    /// </summary>
    /// <param name="set">The ReplicaSet.</param>
    /// <param name="began">When the release began, by the clock that pods are dated by; null where that is not known.</param>
    public static (string Reason, string Message)? CertainFailure(ObservedReplicaSet? set, DateTimeOffset? began)
    {
        foreach (var pod in (set?.PodList ?? []).Where(pod => pod is { IsTerminating: false, WasReady: false } && !(pod.CreatedAt < began)))
        {
            if (pod.WaitingReason is "InvalidImageName" or "ErrImageNeverPull")
            {
                return (Reasons.ImageNotPullable, $"pod {pod.Name}: {Explain(pod)}");
            }

            if (pod.Restarts >= CertainRestarts)
            {
                return (Reasons.CrashLooping, $"pod {pod.Name} was restarted {pod.Restarts} times and never became ready{(pod.WaitingReason is null ? "" : $": {Explain(pod)}")}");
            }
        }

        return null;
    }

    /// <summary>Why pods are not available, in the words of the first one that says so, else why some could not be created; empty when nothing is known.</summary>
    public static string Complaint(ObservedReplicaSet? set) =>
        set?.PodList.FirstOrDefault(pod => pod is { IsReady: false, IsTerminating: false, WaitingReason: not null }) is { } pod ? $" (pod {pod.Name}: {Explain(pod)})" : Refusal(set);

    /// <summary>A pod that nobody says anything against, and that is not ready all the same; empty when there is none.</summary>
    public static string Unready(ObservedReplicaSet? set) => set?.PodList.FirstOrDefault(pod => pod is { IsReady: false, IsTerminating: false }) switch
    {
        null => "",
        { Restarts: > 0 } pod => $" (pod {pod.Name} was restarted {pod.Restarts} times and is not ready)",
        { WasReady: true } pod => $" (pod {pod.Name} is not ready any more: look at its readiness probe)",
        var pod => $" (pod {pod.Name} never became ready: look at its readiness probe)",
    };

    /// <summary>Why pods could not be created; empty when none is missing for that.</summary>
    public static string Refusal(ObservedReplicaSet? set) => set?.CreateFailure is { } failure && set.Pods < set.Desired ? $" ({failure})" : "";

    private static string Explain(ObservedPod pod) => pod.WaitingMessage is { Length: > 0 } message ? $"{pod.WaitingReason}, {message}" : $"{pod.WaitingReason}";
}
