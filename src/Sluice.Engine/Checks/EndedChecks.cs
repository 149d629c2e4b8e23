using Sluice.Engine.Jobs;
using Sluice.Engine.Observed;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Checks;

/// <summary>
/// Jobs of checks that nobody waits for any more: what still runs is ended, whatever the release is at; what has ended stays for people to look at until the release
/// after it has ended too.
/// </summary>
internal static class EndedChecks
{
    public static IEnumerable<Effect> LetGo(Pass pass) => pass.Snapshot.Checks.Where(seen => !CheckStates.IsAwaited(pass, seen)).SelectMany(seen => LetGo(pass, seen));

    private static IEnumerable<Effect> LetGo(Pass pass, ObservedCheck seen)
    {
        if (seen.IsHeld) yield return new Effect.FreeCheck(seen.Job.Name);

        // One of a Rollout of the same name that is gone goes with it.
        if (!seen.Job.IsOurs || seen.Job.IsDeleting) yield break;

        var isOfLate = seen.Release == pass.Status.Release?.Name || seen.Release == pass.Status.LastRelease?.Name;
        if (seen.Job.End == JobEnd.NotYet || !isOfLate) yield return new Effect.DeleteCheck(seen.Job.Name, seen.Job.Uid);
    }
}
