using Sluice.Api;
using Sluice.Engine.Checks;

namespace Sluice.Engine.Releases;

/// <summary>
/// The whole timeline of a release, and what all of its checks said. The status keeps the last entries and the checks of one step; before any of them would be
/// dropped, all go to the Release, from where they are taken again when it ends.
/// </summary>
internal static class Story
{
    /// <summary>Entries that a rollback adds at most: it never waits for the record, so the ones that these push out are recorded before.</summary>
    private const int Reserve = 4;

    /// <summary>What must be recorded before this transition; null when nothing is in danger, or when the way back is not to wait for it.</summary>
    public static Effect.RecordStory? Due(Pass pass, Decision decision)
    {
        if (decision is not Decision.Transition { Status.Release: { Stage: not (Stage.RollingBack or Stage.Undoing or Stage.Finishing) } next }) return null;

        // A Release with an outcome has its whole story: a status that still has it in flight is an old one.
        if (pass is not { Record: { Status: null or { Outcome: null } } record, Status.Release: { } release }) return null;

        var ended = release with { Checks = CheckStates.Cancel(release.Checks, pass.Now) };
        var isDue = (release.Timeline.Count >= ReleaseProgress.MaxTimeline - Reserve && !Recorded(record).Contains(release.Timeline[Reserve]))
            || ended.Checks.Any(check => !next.Checks.Any(kept => CheckStates.IsSame(kept, check)) && !CheckedIn(record).Any(known => CheckStates.IsSame(known, check)));
        return isDue ? new Effect.RecordStory(release.Name, Whole(record, release), Checks(record, ended)) : null;
    }

    public static IReadOnlyList<TimelineEntry> Whole(Release? record, ReleaseProgress release)
    {
        var recorded = Recorded(record);
        return [.. recorded, .. release.Timeline.Where(entry => !recorded.Contains(entry))];
    }

    public static IReadOnlyList<CheckStatus> Checks(Release? record, ReleaseProgress release) =>
        [.. CheckedIn(record).Where(known => !release.Checks.Any(check => CheckStates.IsSame(known, check))), .. release.Checks];

    private static IReadOnlyList<TimelineEntry> Recorded(Release? record) => record?.Status?.Timeline ?? [];

    private static IReadOnlyList<CheckStatus> CheckedIn(Release? record) => record?.Status?.Checks ?? [];
}
