using System.Diagnostics;
using Sluice.Api;
using Sluice.Engine.Decisions.Actions;
using Sluice.Engine.Releases;

namespace Sluice.Engine.Decisions;

/// <summary>
/// People's Decisions, one at a time in the order of their creation. The answer to each, and what follows from it, are committed in one change of the status;
/// the Decision itself is told afterwards. So whoever is killed in between finds it answered, and nothing is applied twice.
/// </summary>
internal static class Inbox
{
    /// <summary>The change that the next unanswered Decision brings; null when there is none, or when it cannot be judged yet.</summary>
    public static Decision.Transition? Next(Pass pass, Situation situation)
    {
        // Which release a Decision is about is told by the API server's clock: when its Release was created. Until that exists nothing can be said.
        if (situation is Situation.Deleting or Situation.StatusLost || (situation is Situation.Pending && pass.Record is null)) return null;
        if (Answers.AreTooManyOpen(pass) || pass.Snapshot.Decisions.FirstOrDefault(decision => !Answers.Know(pass, decision)) is not { } next) return null;

        var identity = pass.Snapshot.Identity;
        if (identity is { IsRequired: true, IsEnforced: null }) return null;

        var petition = new Petition(pass, next);
        return Commit(petition, identity is { IsRequired: true, IsEnforced: false }
            ? Ruling.Refused("the API server does not prove who makes a Decision, and the operator requires that: install the admission policy")
            : Rule(petition));
    }

    private static Ruling Rule(Petition petition) => Binding.Objection(petition) ?? Rule(petition, petition.Spec.Action!.Value);

    /// <summary>One method for each action.</summary>
    internal static Ruling Rule(Petition petition, DecisionAction action) => action switch
    {
        DecisionAction.Abort => AbortAction.Rule(petition),
        DecisionAction.Pause => PauseAction.Rule(petition),
        DecisionAction.Resume => ResumeAction.Rule(petition),
        DecisionAction.Continue => ContinueAction.Rule(petition),
        DecisionAction.PromoteFull => PromoteFullAction.Rule(petition),
        DecisionAction.Retry => RetryAction.Rule(petition),
        DecisionAction.RollBack => RollBackAction.Rule(petition),
        DecisionAction.Approve => GateAction.Approve(petition, petition.Spec.Gate!),
        DecisionAction.Reject => GateAction.Reject(petition, petition.Spec.Gate!),
        DecisionAction.Override => OverrideAction.Rule(petition),
        _ => throw new UnreachableException(),
    };

    private static Decision.Transition Commit(Petition petition, Ruling ruling)
    {
        var pass = petition.Pass;
        var (transition, state, message) = ruling switch
        {
            Ruling.Applied applied => (applied.Transition, DecisionState.Applied, applied.Message),
            Ruling.Declined declined => (Quiet.Change(pass, pass.Status, []), declined.State, declined.Message),
            _ => throw new UnreachableException(),
        };
        var answer = new DecisionAnswer
        {
            Name = petition.Name,
            Uid = petition.Uid,
            By = petition.Spec.By,
            Action = petition.Spec.Action,
            State = state,
            Message = Answers.Shorten(message),
            Release = petition.CurrentRelease,
            At = pass.Now,
        };
        var status = transition.Status with { Decisions = Answers.With(pass, answer) };
        if (state == DecisionState.Applied && status.Release is { } release)
        {
            status = status with { Release = release with { Decisions = [.. release.Decisions.TakeLast(ReleaseProgress.MaxDecisions - 1), petition.Record] } };
        }

        var note = StatusText.Shorten($"{petition.Spec.Action} by {petition.Spec.By} ({petition.Name}): {message}");
        return new Decision.Transition(
            status, [new Announcement(state != DecisionState.Applied, $"Decision{state}", $"{petition.Spec.Action}", note), .. transition.Announcements]);
    }
}
