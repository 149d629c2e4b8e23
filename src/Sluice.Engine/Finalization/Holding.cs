using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Finalization;

/// <summary>
/// Our finalizer on a Rollout: there only while a duty is owed, and never for longer than <see cref="IDuty.Patience"/> once all that is left is to wait. So a deletion is held up by what an
/// operator can do something about, and by nothing else.
/// </summary>
internal static class Holding
{
    /// <summary>How long what the API server does not let us do is tried again.</summary>
    private static readonly TimeSpan Persistence = TimeSpan.FromMinutes(10);

    /// <summary>How soon what is waited for is looked at again: nobody tells of changes of routes and endpoints.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    public static bool IsHeld(Rollout rollout) => rollout.Metadata.HasFinalizer(Finalizers.Rollout);

    /// <summary>Whether the finalizer has to come or go now; null while it is as it shall be.</summary>
    public static Decision.Hold? Next(Pass pass)
    {
        var isHeld = IsHeld(pass.Rollout);
        IReadOnlyList<IDuty> duties = [new RouteDuty(pass.Traffic), new WorkloadDuty(pass.Adoption, TimeSpan.FromSeconds(pass.Rollout.Spec.ProgressDeadlineSeconds))];
        if (pass.Rollout.Metadata.DeletionTimestamp is { } deleted)
        {
            var open = duties.Where(duty => !duty.IsDone).ToList();
            return isHeld && open.All(duty => duty.IsWaiting && pass.Now >= deleted + duty.Patience) ? new Decision.Hold(IsHeld: false) { IsGivenUp = open.Count > 0 } : null;
        }

        var isOwed = duties.Any(duty => duty.IsOwed);
        return isOwed == isHeld ? null : new Decision.Hold(isOwed);
    }

    /// <summary>While the Rollout is being deleted and is held.</summary>
    public static TimeSpan? NextLook(Pass pass) => IsHeld(pass.Rollout) ? LookInterval : null;

    /// <summary>Whether a deleted Rollout is let go though an effect failed: at once where it is forbidden, since nobody gives rights back for the sake of what is being deleted.</summary>
    public static bool GivesUp(Rollout rollout, bool isForbidden, DateTimeOffset now) =>
        rollout.Metadata.DeletionTimestamp is { } deleted && IsHeld(rollout) && (isForbidden || now >= deleted + Persistence);
}
