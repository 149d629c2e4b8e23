using Sluice.Api;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>The earliest time at which the contracts of a promoted revision may begin: once the soak is over, and old pods no longer stay for the scale-down delay.</summary>
internal static class ContractTime
{
    /// <summary>The release with that time; without one when no contract is due.</summary>
    /// <param name="pass">The present look.</param>
    /// <param name="release">The release.</param>
    /// <param name="due">Its contracts.</param>
    /// <param name="soaked">When the soak ends, or ended.</param>
    public static ReleaseProgress Told(Pass pass, ReleaseProgress release, IReadOnlyList<DueContract> due, DateTimeOffset soaked)
    {
        if (due.Count == 0) return Forgotten(release);

        // Until all of the traffic has gone over the delay has not begun: it ends so many seconds later than is told until then.
        var since = pass.Traffic.StatusFor(pass.Status)?.AllStableSince ?? (release.Stage == Stage.Promoting ? pass.Now : release.StageStartedAt ?? pass.Now);
        var delayed = pass.PlanInForce.Traffic is { } traffic && release.PreviousRevision is not null ? since + traffic.ScaleDownDelay : soaked;
        var contract = release.Migration?.Contract ?? new MigrationProgress();
        return release with { Migration = (release.Migration ?? new ReleaseMigrations()) with { Contract = contract with { EligibleAt = delayed > soaked ? delayed : soaked } } };
    }

    /// <summary>The release without it where its contract was not asked for: it ends otherwise.</summary>
    public static ReleaseProgress Forgotten(ReleaseProgress release)
    {
        if (release.Migration is not { Contract: { Migration: null } } migration) return release;

        var left = migration with { Contract = null };
        return release with { Migration = left == new ReleaseMigrations() ? null : left };
    }

    /// <summary>As messages tell it; empty once it has come.</summary>
    public static string Until(Pass pass, ReleaseProgress release) =>
        release.Migration?.Contract?.EligibleAt is { } at && at > pass.Now ? $", from {StatusText.Time(release.StageStartedAt ?? pass.Now, at)} on" : "";
}
