using Sluice.Api;
using Sluice.Engine.Releases;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Decisions;

/// <summary>What every Decision that leads a release on has to respect.</summary>
internal static class Advance
{
    /// <summary>Why the release may not be led on; null when it may.</summary>
    public static Ruling? Objection(Petition petition, ReleaseProgress release, AnalysisLook analysis)
    {
        var pass = petition.Pass;
        if (Ending(release) is { } late) return late;
        if (pass.DesiredRevision != release.Revision) return Ruling.Superseded($"revision {pass.DesiredRevision} is asked for by now");
        if (pass.Errors.Count > 0) return Ruling.Refused($"the spec is invalid: {Idle.Describe(pass.Errors)}");
        if (pass.IsPaused) return Ruling.Refused($"no step advances while the Rollout is paused ({Waiting.WhyPaused(pass)}): resume it first");
        if (analysis.Failed is { } failed) return Ruling.Refused($"a metric has failed, which no Decision passes: {failed.Message}");
        return release.Verdict == Verdict.Fail ? Ruling.Refused("a metric has failed, which no Decision passes") : null;
    }

    /// <summary>The way back, or the end, has begun: nothing stops or turns that any more.</summary>
    public static Ruling? Ending(ReleaseProgress release) => release.Stage switch
    {
        Stage.Contracting => Ruling.Late($"release {release.Name} is promoted: only its contract is left"),
        Stage.RollingBack or Stage.Undoing => Ruling.Late($"release {release.Name} is rolling back already: {release.Message}"),
        Stage.Finishing => Ruling.Late($"release {release.Name} has ended as {release.Outcome}"),
        _ => null,
    };

    /// <summary>The release goes on to a step, or to the promotion where there is none of that index, with what is known of its metrics.</summary>
    public static Ruling.Applied ToStep(Petition petition, ReleaseProgress release, AnalysisLook analysis, int index, string reason, string message) => petition.Apply(
        StageViews.Moved(petition.Pass, Transitions.EnterStep(petition.Pass, petition.Plan, analysis.JudgedOf(release), index, reason, message)), message);

    /// <summary>What the metrics say, in the stages in which they are looked at.</summary>
    public static AnalysisLook Look(Petition petition, ReleaseProgress release) =>
        release.Stage is Stage.Starting or Stage.Stepping or Stage.Promoting or Stage.Soaking ? AnalysisLook.At(petition.Pass, petition.Plan, release) : AnalysisLook.Nothing;
}
