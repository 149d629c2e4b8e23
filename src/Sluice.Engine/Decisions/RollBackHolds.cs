using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>A RollBack holds the revision that was in the spec, and no other.</summary>
internal static class RollBackHolds
{
    /// <summary>The spec asks for another revision: from now on the Rollout follows it again. Null when there is nothing to let go.</summary>
    public static Decision.Transition? LetGo(Pass pass, Situation situation)
    {
        if (situation is Situation.Deleting or Situation.StatusLost || pass.Errors.Count > 0) return null;
        if (pass.Status.RolledBackTo is not { } hold || pass.Hold is not null) return null;

        var message = $"the spec asks for revision {pass.SpecRevision}: {hold.HeldRevision} is no longer held";
        return Quiet.Change(pass, pass.Status with { RolledBackTo = null }, [new Announcement(IsWarning: false, "Released", "Release", message)]);
    }
}
