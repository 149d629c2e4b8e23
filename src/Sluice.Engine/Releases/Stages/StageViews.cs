using Sluice.Api;

namespace Sluice.Engine.Releases.Stages;

/// <summary>The transition to whatever stage or step a status has been brought to, told by one event.</summary>
internal static class StageViews
{
    public static Decision.Transition Moved(Pass pass, RolloutStatus status)
    {
        var release = status.Release!;
        var why = release.Timeline[^1].Message;
        var weight = status.Canary?.Weight ?? 0;
        var exposure = Exposure.Of(pass.PlanInForce, weight);
        var message = release switch
        {
            { Stage: Stage.Stepping, Step: { } step } => step.Kind switch
            {
                StepKind.SetWeight => $"step {step.Index + 1} of {step.Of}: weight {weight}%",
                StepKind.Checks => $"step {step.Index + 1} of {step.Of}: checking {exposure}",
                StepKind.Gate => AtGate(step, release.Revision, exposure),
                StepKind.Pause => Pausing(step, exposure),
                _ => $"step {step.Index + 1} of {step.Of}: analysing {exposure}",
            },
            { Stage: Stage.Starting } => weight > 0 ? $"starting the first canary pods for {weight}%" : "starting the pods of the preview",
            { Stage: Stage.Promoting } => $"promoting revision {release.Revision} to all pods",
            { Stage: Stage.Soaking } => $"revision {release.Revision} is promoted and watched",
            _ => $"{release.Stage}",
        };
        var (phase, reason) = release switch
        {
            { Stage: Stage.Soaking } => (Phase.Progressing, Reasons.Soaking),
            { Step.Kind: StepKind.Pause } => (Phase.Paused, Reasons.StepPaused),
            { Step.Kind: StepKind.Gate } => (Phase.Paused, Reasons.GateWaiting),
            { Step.Kind: StepKind.Checks } => (Phase.Progressing, Reasons.Checking),
            { Step.Kind: StepKind.Analysis } => (Phase.Progressing, Reasons.Analyzing),
            _ => (Phase.Progressing, Reasons.Progressing),
        };

        // With the release's number: the same step of two releases would else be counted up as one event.
        var note = $"release {release.Number}: {message}{(string.IsNullOrEmpty(why) ? "" : $" ({why})")}";
        return Transitions.Say(pass, status, new Outlook(phase, reason, message), isWarning: false, release.Stage == Stage.Stepping ? "StepStarted" : release.Stage.ToString(), "Advance", note);
    }

    /// <summary>What is said of a gate, from its first moment on.</summary>
    public static string AtGate(StepStatus step, string revision, string exposure) =>
        $"step {step.Index + 1} of {step.Of}: gate {step.Gate} {exposure} waits for a Decision on revision {revision}: Approve or Reject";

    /// <summary>What is said of a pause, from its first moment on.</summary>
    public static string Pausing(StepStatus step, string exposure)
    {
        var until = step.Deadline is { } end ? $"until {StatusText.Time(step.StartedAt ?? end, end)}" : "until a person makes a Decision: Continue or Abort";
        return $"step {step.Index + 1} of {step.Of}: pausing {exposure}, {until}";
    }
}
