using Sluice.Api;
using Sluice.Engine.Releases;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Continue: ends what waits for a person and has no question of its own, which a gate has.</summary>
internal static class ContinueAction
{
    public static Ruling Rule(Petition petition)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();

        var (pass, plan, analysis) = (petition.Pass, petition.Plan, Advance.Look(petition, release));
        if (Advance.Objection(petition, release, analysis) is { } objection) return objection;

        var message = petition.Tell("continued");
        switch (release)
        {
            case { Reason: Reasons.ProgressDeadlineExceeded }:
                var told = Transitions.WithEntry(pass, release with { Reason = null, Message = null }, "Paused", Transitions.Place(release), "Continued", message);
                return petition.Apply(Quiet.Change(pass, pass.Status with { Release = Transitions.WithPodDeadline(told, pass.Now + plan.ProgressDeadline) }, []), message);
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Analysis } step, Reason: Reasons.AnalysisInconclusive }:
                return Next(petition, release, step, analysis, $"not proven, {message}");
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Pause } step }:
                return Next(petition, release, step, analysis, message);
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Gate } step }:
                return Ruling.Refused($"gate {step.Gate} waits for an Approve or a Reject");
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Analysis } }:
                return Ruling.Refused($"{Waiting.Where(release)} is still analysing: it has no pause to end");
            default:
                return Ruling.Refused($"nothing waits for a person: release {release.Name} is in {Waiting.Where(release)}");
        }
    }

    private static Ruling.Applied Next(Petition petition, ReleaseProgress release, StepStatus step, AnalysisLook analysis, string message) => petition.Apply(
        StageViews.Moved(petition.Pass, Transitions.EnterStep(petition.Pass, petition.Plan, analysis.JudgedOf(release), step.Index + 1, "Continued", message)), message);
}
