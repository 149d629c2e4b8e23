using System.Diagnostics;
using Sluice.Engine.Checks;
using Sluice.Engine.Decisions;
using Sluice.Engine.Finalization;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Engine.Releases.Stages;

namespace Sluice.Engine.Releases;

/// <summary>Decides what a Rollout does next.</summary>
public static class RolloutEngine
{
    /// <summary>
    /// What to do next, from what was seen at <paramref name="now"/>. The same snapshot and time give the same decision; deciding again after the decision
    /// was carried out gives nothing to do.
    /// </summary>
    public static Decision Decide(Snapshot snapshot, DateTimeOffset now)
    {
        var pass = Pass.Of(snapshot, now);
        var situation = Situation.Of(pass);

        // What stands in the way of everything else comes first: without what it does not control, the Rollout's state is not known.
        if (situation is Situation.Orphaned) return Decide(pass, situation);

        var decision = RollBackHolds.LetGo(pass, situation) ?? pass.Adoption.Next(situation) ?? Inbox.Next(pass, situation) ?? Decide(pass, situation);
        if (Story.Due(pass, decision) is { } record) decision = new Decision.Act([record], pass.Status, LookAgain: null);
        if (decision is not Decision.Act act) return decision;
        if (pass.Adoption.IsRecordedBy(act.Status)) return new Decision.Transition(act.Status, []);
        if (Holding.Next(pass) is { } hold) return hold;
        if (pass.Traffic.EndsRest(act.Status)) return new Decision.Transition(act.Status, []);

        return act with
        {
            Effects = [.. pass.Traffic.Effects, .. act.Effects, .. pass.Adoption.Effects(situation, act.Effects), .. Answers.ToWrite(pass), .. EndedChecks.LetGo(pass), .. OwedContracts.ToRecord(pass)],
            LookAgain = Sooner(act.LookAgain, pass.Traffic.NextLook),
        };
    }

    /// <summary>Whether the Rollout, which is being deleted, is let go though an effect failed.</summary>
    public static Decision.Hold? GiveUp(Snapshot snapshot, bool isForbidden, DateTimeOffset now) =>
        Holding.GivesUp(snapshot.Rollout, isForbidden, now) ? new Decision.Hold(IsHeld: false) { IsGivenUp = true } : null;

    internal static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;

    /// <summary>One method for each situation.</summary>
    internal static Decision Decide(Pass pass, Situation situation) => situation switch
    {
        Situation.Deleting => Idle.Deleting(pass),
        Situation.Orphaned => new Decision.Act([.. pass.Snapshot.Orphans.Select(orphan => new Effect.Adopt(orphan))], pass.Status, LookAgain: null),
        Situation.StatusLost => LostStatus.Rebuild(pass),
        Situation.Invalid => Idle.Invalid(pass),
        Situation.Settled settled => Idle.Settled(pass, settled.Stable),
        Situation.HeldByRollBack held => Idle.HeldByRollBack(pass, held.Stable, held.Hold),
        Situation.HeldBack held => Idle.HeldBack(pass, held.Last),
        Situation.BelowSchemaFloor => Idle.BelowSchemaFloor(pass),
        Situation.NewRevisionPaused => Idle.NewRevisionPaused(pass),
        Situation.Unroutable unroutable => Idle.Unroutable(pass, unroutable.Problem),
        Situation.HandingBack => Idle.HandingBack(pass),
        Situation.WorkloadServing => Idle.WorkloadServing(pass),
        Situation.NewRevision => Start.Release(pass),
        Situation.Pending pending => PendingStage.Decide(pass, pending.Release),
        Situation.Expanding expanding => ExpandingStage.Decide(pass, expanding.Release),
        Situation.Starting starting => StartingStage.Decide(pass, starting.Release),
        Situation.Stepping stepping => SteppingStage.Decide(pass, stepping.Release, stepping.Step),
        Situation.Promoting promoting => PromotingStage.Decide(pass, promoting.Release),
        Situation.Soaking soaking => SoakingStage.Decide(pass, soaking.Release),
        Situation.Contracting contracting => ContractingStage.Decide(pass, contracting.Release),
        Situation.Undoing undoing => UndoingStage.Decide(pass, undoing.Release),
        Situation.RollingBack rollingBack => RollingBackStage.Decide(pass, rollingBack.Release),
        Situation.Finishing finishing => FinishingStage.Decide(pass, finishing.Release),
        _ => throw new UnreachableException(),
    };

    /// <summary>The API server refused, for good, what an effect wanted to write: the status says which field is to blame.</summary>
    public static Decision.Transition Refused(Snapshot snapshot, Effect effect, IReadOnlyList<FieldError> errors, DateTimeOffset now) => effect is Effect.CreateCheck create
        ? CheckingStep.Refused(Pass.Of(snapshot, now), create.Check, errors)
        : Idle.Refused(Pass.Of(snapshot, now), errors);
}
