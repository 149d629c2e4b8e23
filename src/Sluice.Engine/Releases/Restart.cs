using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases;

/// <summary>
/// <c>spec.restartAt</c>: stable's pods that were created before that time are replaced, without a release. One begins with a status that says so; then there
/// are up to maxSurge pods more, and old ones are deleted as far as replicas − maxUnavailable stay available; the ReplicaSet makes the new ones. While a release
/// is in flight, or the Rollout is paused, it waits.
/// </summary>
internal static class Restart
{
    private const string Action = "Restart";

    /// <summary>
    /// How long a pod that never was ready is not yet given up for nothing. By a clock that is ahead of the API server's the pods that replace others are too old as well, and would
    /// be deleted as soon as they are there; no clock is taken to be further ahead than that.
    /// </summary>
    private static readonly TimeSpan Youth = TimeSpan.FromMinutes(5);

    /// <summary>What to do next; null when there is nothing to restart.</summary>
    public static Decision? Decide(Pass pass, StableStatus stable)
    {
        if (pass.Rollout.Spec.RestartAt is not { } at || pass.IsPaused) return null;

        // One that has begun goes on, also by the clock of an operator for which its time has not come: the surge would be taken away and asked for in turn.
        var isBegun = pass.Status.Restart?.At == at;
        if (!isBegun && at > pass.Now) return null;
        if (pass.Snapshot.ReplicaSetOf(stable.Revision) is not { } set) return null;

        var old = set.PodList.Where(pod => !pod.IsTerminating && pod.CreatedAt < at).ToList();
        if (!isBegun) return old.Count == 0 ? null : Begin(pass, at, old.Count);

        var begun = pass.Status.Restart!;
        if (begun.FinishedAt is not null) return null;
        return old.Count == 0 && set.IsWholeAt(pass.Replicas) ? End(pass, begun with { Renewed = set.Available }) : Replace(pass, stable, begun, set, old);
    }

    /// <summary>How long until the time that the spec names; null when that has come, or there is none.</summary>
    public static TimeSpan? NextLook(Pass pass) => pass.Rollout.Spec.RestartAt is { } at && at > pass.Now ? at - pass.Now : null;

    private static Decision.Transition Begin(Pass pass, DateTimeOffset at, int old)
    {
        var message = $"restart: {StatusText.Pods(old)} created before {Text(at)} are replaced";
        var status = pass.Status with { Restart = new RestartStatus { At = at, StartedAt = pass.Now } };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.Restarting, message), isWarning: false, "RestartStarted", Action, message);
    }

    private static Decision.Transition End(Pass pass, RestartStatus restart)
    {
        var message = $"restart: all pods are newer than {Text(restart.At)}";
        var status = pass.Status with { Restart = restart with { FinishedAt = pass.Now, ProgressAt = null } };
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.Restarting, message), isWarning: false, "RestartFinished", Action, message);
    }

    private static Decision Replace(Pass pass, StableStatus stable, RestartStatus begun, ObservedReplicaSet set, List<ObservedPod> old)
    {
        var plan = pass.SpecPlan!;
        var minReady = TimeSpan.FromSeconds(plan.MinReadySeconds);
        var (surge, unavailable) = ReplicaBounds.Resolve(pass.Replicas, plan.MaxSurge, plan.MaxUnavailable);
        var target = pass.Replicas + Math.Min(surge, old.Count);
        var workload = Workload.Towards(pass, plan, canary: null, stable.Revision, new ReplicaTarget(0, target));
        var isAsWanted = workload.Effects.Count == 0 && set.IsCurrent && set.Desired == target;
        List<Effect> effects = [.. workload.Effects, .. isAsWanted ? Deletable(set, old, pass.Replicas - unavailable, minReady, pass.Now) : []];
        var message = old.Count > 0
            ? $"restart: {StatusText.Pods(old.Count)} created before {Text(begun.At)} are still to be replaced, {set.Available} of {pass.Replicas} are available"
            : $"restart: {set.Available} of {pass.Replicas} pods are available";
        var outlook = new Outlook(Phase.Progressing, Reasons.Restarting, $"{message}{CanaryHealth.Complaint(set)}");
        var next = Progressed(begun, effects.Count > 0, set.PodList.Count(pod => !pod.IsTerminating && pod.CreatedAt >= begun.At && pod.ReadySince + minReady <= pass.Now), pass.Now);
        var looked = pass.Status with { Canary = null, Restart = next };
        var deadline = (next.ProgressAt ?? pass.Now) + plan.ProgressDeadline;
        if (pass.Now >= deadline)
        {
            outlook = new Outlook(Phase.Degraded, Reasons.RestartStuck, $"no progress within {plan.ProgressDeadline.TotalSeconds:0} s; {message}{Shortage.Cause(set)}");
            if (Shortage.News(pass, looked, outlook, Action) is { } news) return news;
            outlook = Shortage.Quietly(pass, outlook);
        }

        var times = Changes(set, old, minReady).Append(deadline).Where(time => time > pass.Now).Select(time => (TimeSpan?)(time - pass.Now));
        return new Decision.Act(effects, StatusView.Refresh(pass, looked, outlook), times.Min()) { RestsOnEachPod = true };
    }

    /// <summary>What the operator itself does is progress, and so is each new pod that becomes available; one that comes and goes is so once.</summary>
    private static RestartStatus Progressed(RestartStatus restart, bool acts, int renewed, DateTimeOffset now)
    {
        if (acts || renewed > restart.Renewed) return restart with { ProgressAt = now, Renewed = Math.Max(renewed, restart.Renewed) };

        return restart.ProgressAt is null ? restart with { ProgressAt = restart.StartedAt ?? now } : restart;
    }

    /// <summary>
    /// As many as can be spared, by the pods as well as by their ReplicaSet, whose figures may be behind. One that never was ready in all its time costs nothing; one that
    /// was may be so again, and is not given up for a short outage.
    /// </summary>
    private static IEnumerable<Effect.DeletePod> Deletable(ObservedReplicaSet set, List<ObservedPod> old, int minAvailable, TimeSpan minReady, DateTimeOffset now)
    {
        var spare = Math.Min(set.Available, set.PodList.Count(pod => !pod.IsTerminating && pod.ReadySince + minReady <= now)) - minAvailable;
        foreach (var pod in old.OrderBy(pod => pod.WasReady || IsYoung(pod, now)).ThenBy(pod => pod.CreatedAt).ThenBy(pod => pod.Name, StringComparer.Ordinal))
        {
            if ((pod.WasReady || IsYoung(pod, now)) && spare-- <= 0) yield break;

            yield return new Effect.DeletePod(pod.Name, pod.Uid);
        }
    }

    /// <summary>Nobody tells that a pod has grown old, or by a clock that is behind, that it has been ready for long enough.</summary>
    private static IEnumerable<DateTimeOffset> Changes(ObservedReplicaSet set, List<ObservedPod> old, TimeSpan minReady) => old.Count == 0
        ? []
        : old.Where(pod => !pod.WasReady).Select(pod => pod.CreatedAt + Youth).Concat(set.PodList.Where(pod => pod.ReadySince is not null).Select(pod => pod.ReadySince!.Value + minReady));

    private static bool IsYoung(ObservedPod pod, DateTimeOffset now) => !pod.WasReady && now < pod.CreatedAt + Youth;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
