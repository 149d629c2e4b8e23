using Sluice.Api;
using Sluice.Engine.Checks;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases;

/// <summary>The changes of stage and step. Each is a status and the events that tell of it; none has an effect of its own.</summary>
internal static class Transitions
{
    private const string Actor = "sluice";

    /// <summary>Goes to another stage.</summary>
    /// <param name="pass">The present look.</param>
    /// <param name="release">The release as it will be, but for what this sets: stage, times, step and timeline.</param>
    /// <param name="stage">The stage entered.</param>
    /// <param name="deadline">How long this stage may wait; null for without limit.</param>
    /// <param name="reason">A CamelCase word for timeline and event.</param>
    /// <param name="message">A sentence for timeline, status and event.</param>
    public static RolloutStatus Enter(Pass pass, ReleaseProgress release, Stage stage, TimeSpan? deadline, string reason, string message) => pass.Status with
    {
        Release = WithEntry(pass, stage is Stage.RollingBack or Stage.Finishing ? ContractTime.Forgotten(release) : release, Place(release), stage == Stage.Finishing ? $"{release.Outcome}" : $"{stage}", reason, message) with
        {
            Stage = stage,
            StageStartedAt = pass.Now,
            StageDeadline = pass.Now + deadline,
            Step = null,
            Checks = CheckStates.Cancel(release.Checks, pass.Now),
            ProgressMark = 0,
        },
    };

    /// <summary>Begins step <paramref name="index"/>, or the promotion when there are no more.</summary>
    public static RolloutStatus EnterStep(Pass pass, ReleasePlan plan, ReleaseProgress release, int index, string reason, string message)
    {
        if (index >= plan.Steps.Count)
        {
            var promoting = Enter(pass, release with { Reason = null, Message = null }, Stage.Promoting, plan.ProgressDeadline, reason, message);
            return promoting with { Canary = CanaryAt(pass, release, 100) };
        }

        var step = plan.Steps[index];
        return pass.Status with
        {
            Canary = CanaryAt(pass, release, plan.WeightAt(index)),
            Release = WithEntry(pass, release, Place(release), $"Step {index + 1}", reason, message) with
            {
                Stage = Stage.Stepping,
                StageStartedAt = release.Stage == Stage.Stepping ? release.StageStartedAt : pass.Now,
                StageDeadline = null,
                ProgressMark = 0,
                Reason = null,
                Message = null,
                Checks = step is PlanStep.Checks checks ? CheckStates.Begin(release, checks, index) : CheckStates.Cancel(release.Checks, pass.Now),
                Step = new StepStatus
                {
                    Index = index,
                    Of = plan.Steps.Count,
                    Summary = $"{index + 1}/{plan.Steps.Count}",
                    Kind = step.Kind,
                    Gate = (step as PlanStep.Gate)?.Name,
                    StartedAt = pass.Now,
                    Deadline = WholeSeconds(step switch
                    {
                        PlanStep.SetWeight => pass.Now + plan.ProgressDeadline,
                        PlanStep.Pause pause => pass.Now + pause.Duration,
                        PlanStep.Analysis analysis => pass.Now + analysis.MaxDuration,
                        PlanStep.Checks { Timeout: var timeout } => pass.Now + timeout,
                        _ => null,
                    }),
                },
            },
        };
    }

    /// <summary>As the API has times; none is shorter for it.</summary>
    private static DateTimeOffset? WholeSeconds(DateTimeOffset? time) => time is { } exact && exact.Ticks % TimeSpan.TicksPerSecond is > 0 and var rest ? exact.AddTicks(TimeSpan.TicksPerSecond - rest) : time;

    /// <summary>Until when pods are waited for: the step's deadline where a step is being taken, else the stage's.</summary>
    public static DateTimeOffset? PodDeadlineOf(ReleaseProgress release) => release.Step is { } step ? step.Deadline : release.StageDeadline;

    public static ReleaseProgress WithPodDeadline(ReleaseProgress release, DateTimeOffset deadline) => release.Step switch
    {
        { Kind: StepKind.SetWeight } step => release with { Step = step with { Deadline = deadline } },
        null when release.StageDeadline is not null => release with { StageDeadline = deadline },
        _ => release,
    };

    /// <summary>What comes after the expand phase: the preview with blue-green, steps where there are any, else the promotion.</summary>
    public static RolloutStatus AfterExpand(Pass pass, ReleasePlan plan, ReleaseProgress release, string reason, string message)
    {
        if (InstantReturn.Of(pass, plan, release) is { } still) return EnterStep(pass, plan, release, plan.Steps.Count, Reasons.InstantReturn, still);

        var hasPreview = plan.Traffic?.Preview is not null;
        var straight = release.PreviousRevision is null || pass.Replicas == 0 || (plan.Steps.Count == 0 && !hasPreview);
        if (straight) return EnterStep(pass, plan, release, plan.Steps.Count, reason, message);
        if (plan.FirstWeight is not > 0 && !hasPreview) return EnterStep(pass, plan, release, 0, reason, message);

        var starting = Enter(pass, release, Stage.Starting, plan.ProgressDeadline, reason, message);
        return starting with { Canary = CanaryAt(pass, release, plan.FirstWeight ?? 0) };
    }

    /// <summary>
    /// Gives the revision up. With a stable revision its pods come back; without one (a first deployment) the pods stay for people to look at.
    /// </summary>
    public static Decision.Transition GiveUp(Pass pass, ReleasePlan plan, ReleaseProgress release, Outcome outcome, string reason, string message)
    {
        if (release.PreviousRevision is null)
        {
            var failed = outcome == Outcome.RolledBack ? Outcome.Failed : outcome;
            return Finish(pass, release, failed, reason, message);
        }

        var status = Enter(pass, release with { Outcome = outcome, Reason = reason, Message = StatusText.Shorten(message) }, Stage.RollingBack, plan.ProgressDeadline, reason, message);
        var soaking = release.Stage == Stage.Soaking;
        return Say(
            pass,
            status with
            {
                Stable = soaking ? StableOf(pass, release.PreviousRevision) : status.Stable,
                Canary = ((soaking ? null : status.Canary) ?? CanaryOf(pass, release.Revision)) with { Weight = 0 },
            },
            new Outlook(Phase.RollingBack, reason, message),
            outcome is Outcome.RolledBack or Outcome.Aborted,
            reason,
            "RollBack",
            $"rolling back release {release.Number} (revision {release.Revision}): {message}");
    }

    /// <summary>The outcome stands; what is left is to record it. Until then the release is in progress for whoever waits for its end.</summary>
    public static Decision.Transition Finish(Pass pass, ReleaseProgress release, Outcome outcome, string reason, string message)
    {
        var status = Enter(pass, release with { Outcome = outcome, Reason = reason, Message = StatusText.Shorten(message) }, Stage.Finishing, deadline: null, reason, message);
        var bad = outcome is Outcome.Failed or Outcome.RolledBack or Outcome.Aborted;
        return Say(
            pass,
            status,
            new Outlook(release.Stage is Stage.RollingBack or Stage.Undoing ? Phase.RollingBack : Phase.Progressing, bad ? outcome.ToString() : Reasons.Progressing, message),
            bad,
            outcome.ToString(),
            "Finish",
            $"release {release.Number} (revision {release.Revision}) ended as {outcome}: {message}");
    }

    /// <summary>A transition with its status refreshed and one event.</summary>
    public static Decision.Transition Say(Pass pass, RolloutStatus status, Outlook outlook, bool isWarning, string reason, string action, string note) =>
        new(StatusView.Refresh(pass, status, outlook), [new Announcement(isWarning, reason, action, StatusText.Shorten(note))]);

    public static StableStatus StableOf(Pass pass, string revision) => new() { Revision = revision, Images = Images.Of(pass.ReleaseOf(revision)?.Spec.Template) };

    /// <summary>With another weight asked for; made anew where somebody took it from the status.</summary>
    private static CanaryStatus CanaryAt(Pass pass, ReleaseProgress release, int weight) => (pass.Status.Canary ?? CanaryOf(pass, release.Revision)) with { Weight = weight };

    public static CanaryStatus CanaryOf(Pass pass, string revision) => new() { Revision = revision, Images = Images.Of(pass.ReleaseOf(revision)?.Spec.Template) };

    public static string Place(ReleaseProgress release) => release.Stage == Stage.Stepping ? $"Step {(release.Step?.Index ?? 0) + 1}" : $"{release.Stage}";

    /// <summary>Adds to the timeline, of which the last entries are kept.</summary>
    public static ReleaseProgress WithEntry(Pass pass, ReleaseProgress release, string from, string to, string reason, string message) => release with
    {
        Timeline =
        [
            .. release.Timeline.TakeLast(ReleaseProgress.MaxTimeline - 1),
            new TimelineEntry { At = pass.Now, Actor = Actor, From = from, To = to, Reason = reason, Message = StatusText.Shorten(message, StatusText.MaxEntryLength) },
        ],
    };
}
