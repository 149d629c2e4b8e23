using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>
/// While a contract holds the lock, its schema is between two states, and no canary of a Rollout with that lock is opened. The stage that opens one is committed before the
/// lock is looked at, and the contract takes the lock before it looks for open canaries: so at least one of two sees the other.
/// </summary>
internal static class ContractGate
{
    /// <summary>How soon the lock is looked at again: nobody tells when it is given back.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    /// <summary>What is done instead of starting the first pods of the new revision; null when nothing stands in the way.</summary>
    public static Decision.Act? Wait(Pass pass, ReleasePlan plan, ReleaseProgress release)
    {
        if (pass.Snapshot.ContractHolder is not { } holder || pass.Snapshot.ReplicaSetOf(release.Revision) is { Desired: > 0 }) return null;

        // Nothing that the pods could do would bring them in time.
        var isShort = Transitions.PodDeadlineOf(release) is { } deadline && deadline < pass.Now + (plan.ProgressDeadline / 2);
        var waiting = isShort ? Transitions.WithPodDeadline(release, pass.Now + plan.ProgressDeadline) : release;
        var outlook = new Outlook(Phase.Progressing, Reasons.ContractUnderWay, $"{Waiting.Where(release)}: contract {holder} holds the lock {plan.Expand?.Lock}: no pod of revision {release.Revision} is started before its end");
        return Waiting.Act(pass, waiting, AnalysisLook.Nothing, Workload.OfStable(pass, plan, release.PreviousRevision), outlook, pass.Now + LookAgain, isProgress: false);
    }
}
