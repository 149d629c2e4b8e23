using Sluice.Api;
using Sluice.Engine.Plans;
using Sluice.Engine.Replicas;

namespace Sluice.Engine.Releases.Stages;

/// <summary>
/// RollingBack: stable comes back within the surge, the canary goes within what may be unavailable. It needs no measurement and no person, is not stopped by a
/// pause or an invalid spec, and goes on trying after its deadline.
/// </summary>
internal static class RollingBackStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        // Somebody has written the status: a first deployment has no way back, and its pods stay for people to look at.
        if (release.PreviousRevision is null) return Transitions.Finish(pass, release, release.Outcome ?? Outcome.Failed, release.Reason ?? Reasons.Failed, release.Message ?? "there is no revision to go back to");

        var plan = pass.PlanInForce;
        var target = new ReplicaTarget(pass.Traffic.CanaryPods(release.Revision, 0), pass.Replicas);
        var workload = Workload.Towards(pass, plan, release.Revision, release.PreviousRevision, target);
        var undoes = release.StageDeadline is not null && Undoing.Of(pass, plan, release) is not null;
        if ((workload.IsSettled && target.Canary == 0) || (!undoes && IsBack(pass, plan, release)) || IsOverForANewRevision(pass, release))
        {
            if (undoes) return UndoingStage.Enter(pass, release);

            return Transitions.Finish(pass, release, release.Outcome ?? Outcome.RolledBack, release.Reason ?? Reasons.RolledBack, release.Message ?? "rolled back");
        }

        var stable = pass.Snapshot.ReplicaSetOf(release.PreviousRevision);
        var message = $"rolling back to revision {release.PreviousRevision}: {stable?.Available ?? 0} of {pass.Replicas} stable pods are available; {release.Message}";
        var isStuck = release.StageDeadline is null;
        if (!isStuck && (stable?.Available ?? 0) > release.ProgressMark)
        {
            release = release with { ProgressMark = stable?.Available ?? 0, StageDeadline = pass.Now + plan.ProgressDeadline };
        }

        // The delay was under way when somebody turned the traffic elsewhere: the way back begins anew.
        if (!isStuck && pass.Status.Traffic?.AllStableSince is not null && pass.Traffic.StatusFor(pass.Status)?.AllStableSince is null)
        {
            release = release with { StageDeadline = pass.Now + plan.ProgressDeadline };
        }

        // The canary's pods stay for the scale-down delay: that is no want of progress.
        var deadline = release.StageDeadline;
        if (pass.Status.Traffic?.AllStableSince + plan.Traffic?.ScaleDownDelay + plan.ProgressDeadline is { } later && later > deadline) deadline = later;
        if (!isStuck && pass.Now >= deadline)
        {
            var hasToDo = workload.Effects.Count > 0 || pass.Traffic.Effects.Count > 0;
            return hasToDo && release.Timeline is not [.., { Reason: Reasons.CatchingUp }] ? CatchUp(pass, release, plan.ProgressDeadline, message) : Stuck(pass, release, plan.ProgressDeadline, message);
        }

        var outlook = isStuck || workload.Missing is not null
            ? new Outlook(Phase.Degraded, Reasons.RollbackStuck, $"{message}{CanaryHealth.Complaint(stable)}")
            : new Outlook(Phase.RollingBack, release.Reason ?? Reasons.RollingBack, message);
        return Waiting.Act(pass, release, AnalysisLook.Nothing, workload.Effects, outlook, deadline, isProgress: false);
    }

    /// <summary>All of the traffic is stable's again, and stable is whole: the canary's pods wait out their delay beside whatever comes next, as those of a promotion do.</summary>
    private static bool IsBack(Pass pass, ReleasePlan plan, ReleaseProgress release) =>
        plan.Traffic is not null && pass.Traffic.IsSettled && pass.Snapshot.ReplicaSetOf(release.PreviousRevision)?.IsWholeAt(pass.Replicas) == true;

    /// <summary>
    /// Stable does not come back by itself, no pod of the canary is left, and the spec asks for a third revision: going on to wait would keep the one thing away
    /// that may mend it.
    /// </summary>
    private static bool IsOverForANewRevision(Pass pass, ReleaseProgress release) =>
        release.StageDeadline is null
        && !pass.IsHeld
        && pass.DesiredRevision != release.Revision
        && pass.DesiredRevision != release.PreviousRevision
        && pass.Snapshot.ReplicaSetOf(release.Revision) is null or { Desired: 0, Pods: 0 };

    /// <summary>The operator was down, or its view old: stable's pods cannot have come where it had not asked for them. They get the deadline once more, and only once.</summary>
    private static Decision.Transition CatchUp(Pass pass, ReleaseProgress release, TimeSpan deadline, string message)
    {
        var told = $"at the deadline of the rollback there was still something to do for the operator itself: {message}";
        var renewed = Transitions.WithEntry(pass, release with { StageDeadline = pass.Now + deadline }, nameof(Stage.RollingBack), nameof(Stage.RollingBack), Reasons.CatchingUp, told);
        var said = Transitions.Say(pass, pass.Status with { Release = renewed }, new Outlook(Phase.RollingBack, release.Reason ?? Reasons.RollingBack, message), isWarning: true, Reasons.CatchingUp, "RollBack", told);
        return said with { RestsOnMissingPods = true };
    }

    /// <summary>Without a deadline from now on: what is stuck is told once, and tried on.</summary>
    private static Decision.Transition Stuck(Pass pass, ReleaseProgress release, TimeSpan deadline, string message)
    {
        var told = $"the rollback made no progress within {deadline.TotalSeconds:0} s and goes on trying: {message}";
        var stuck = Transitions.WithEntry(pass, release with { StageDeadline = null }, nameof(Stage.RollingBack), Reasons.RollbackStuck, Reasons.RollbackStuck, told);
        var said = Transitions.Say(pass, pass.Status with { Release = stuck }, new Outlook(Phase.Degraded, Reasons.RollbackStuck, told), isWarning: true, Reasons.RollbackStuck, "RollBack", told);
        return said with { RestsOnMissingPods = true };
    }
}
