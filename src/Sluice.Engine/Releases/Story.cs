using Sluice.Api;

namespace Sluice.Engine.Releases;

/// <summary>
/// The whole timeline of a release. The status keeps the last entries only; before the first of them would be dropped, all of them go to the Release,
/// from where they are taken again when it ends.
/// </summary>
internal static class Story
{
    /// <summary>Entries that a rollback adds at most: it never waits for the record, so the ones that these push out are recorded before.</summary>
    private const int Reserve = 4;

    /// <summary>What must be recorded before this transition; null when nothing is in danger, or when the way back is not to wait for it.</summary>
    public static Effect.RecordTimeline? Due(Pass pass, Decision decision)
    {
        if (decision is not Decision.Transition { Status.Release.Stage: not (Stage.RollingBack or Stage.Finishing) }) return null;
        // A Release with an outcome has its whole story: a status that still has it in flight is an old one.
        if (pass is not { Record: { Status: null or { Outcome: null } } record, Status.Release: { } release } || release.Timeline.Count < ReleaseProgress.MaxTimeline - Reserve) return null;

        return Recorded(record).Contains(release.Timeline[Reserve]) ? null : new Effect.RecordTimeline(release.Name, Whole(record, release));
    }

    public static IReadOnlyList<TimelineEntry> Whole(Release? record, ReleaseProgress release)
    {
        var recorded = Recorded(record);
        return [.. recorded, .. release.Timeline.Where(entry => !recorded.Contains(entry))];
    }

    private static IReadOnlyList<TimelineEntry> Recorded(Release? record) => record?.Status?.Timeline ?? [];
}
