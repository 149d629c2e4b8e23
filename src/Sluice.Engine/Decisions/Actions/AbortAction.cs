using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Abort: the release is taken back, wherever it is, paused or not.</summary>
internal static class AbortAction
{
    public static Ruling Rule(Petition petition)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();
        if (Advance.Ending(release) is { } late) return late;

        var message = petition.Tell("aborted");
        return petition.Apply(TakeBack(petition, release, Reasons.Aborted, message), message);
    }

    /// <summary>Before there are pods of the revision there is nothing to roll back.</summary>
    public static Decision.Transition TakeBack(Petition petition, ReleaseProgress release, string reason, string message) =>
        release.Stage is Stage.Pending or Stage.Expanding
            ? Transitions.Finish(petition.Pass, release, Outcome.Aborted, reason, message)
            : Transitions.GiveUp(petition.Pass, petition.Plan, release, Outcome.Aborted, reason, message);
}
