using Sluice.Api;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions.Actions;

/// <summary>Continue: ends what waits for a person and has no question of its own, which a gate has.</summary>
internal static class ContinueAction
{
    public static Ruling Rule(Petition petition)
    {
        if (petition.Flight is not { } release) return petition.NoFlight();

        var (pass, analysis) = (petition.Pass, Advance.Look(petition, release));
        if (Advance.Objection(petition, release, analysis) is { } objection) return objection;

        var message = petition.Tell("continued");
        switch (release)
        {
            case { Reason: Reasons.ProgressDeadlineExceeded }:
                var waiting = Transitions.WithPodDeadline(release with { Reason = null, Message = null }, pass.Now + petition.Plan.ProgressDeadline);
                return petition.Note(pass.Status, waiting, "Paused", Transitions.Place(release), "Continued", message);
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Analysis } step, Reason: Reasons.AnalysisInconclusive }:
                return Advance.ToStep(petition, release, analysis, step.Index + 1, "Continued", $"not proven, {message}");
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Pause } step }:
                return Advance.ToStep(petition, release, analysis, step.Index + 1, "Continued", message);
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Gate } step }:
                return Ruling.Refused($"gate {step.Gate} waits for an Approve or a Reject");
            case { Stage: Stage.Stepping, Step: { Kind: StepKind.Analysis } }:
                return Ruling.Refused($"{Waiting.Where(release)} is still analysing: it has no pause to end");
            default:
                return Ruling.Refused($"nothing waits for a person: release {release.Name} is in {Waiting.Where(release)}");
        }
    }
}
