using Sluice.Api;
using Sluice.Engine.Checks;
using Sluice.Engine.Plans;

namespace Sluice.Engine.Releases.Stages;

/// <summary>Pending: the template is validated by the API server and the plan is recorded in a Release. Nothing else has happened yet.</summary>
internal static class PendingStage
{
    public static Decision Decide(Pass pass, ReleaseProgress release)
    {
        if (pass.Record is { } record) return Recorded(pass, release, record);

        // Before the Release exists there is nothing to follow but the spec: whatever it has become, the release begins anew from it.
        if (pass.IsHeld || pass.DesiredRevision != release.Revision) return Withdraw(pass, release);

        var spec = pass.Rollout.Spec;
        var plan = pass.SpecPlan!;
        var recorded = new ReleaseSpec
        {
            Rollout = pass.Name,
            Number = release.Number,
            Revision = release.Revision,
            Template = pass.Template,
            Strategy = RollbackWindow.Strategy(pass),
            Analysis = pass.SpecAnalysis.Spec,
            Soak = spec.Soak,
            Migration = pass.Migration,
        };
        if (RecordSize.Check(recorded) is { } tooLarge) return Idle.Refused(pass, [tooLarge]);

        // Whoever is asked for his consent may be down: stable is scaled and kept up meanwhile.
        return new Decision.Act(
            [
                .. Workload.OfStable(pass, plan, release.PreviousRevision),
                new Effect.ValidateTemplate(ObjectNames.ReplicaSet(pass.Name, release.Revision), release.Revision, pass.Template, plan.MinReadySeconds),
                .. Checks(pass, plan, release, recorded.Strategy),
                new Effect.CreateRelease(release.Name, recorded),
            ],
            pass.Status,
            LookAgain: null);
    }

    /// <summary>Of the steps that the release takes: within the rollbackWindow those that the spec has are none of its own.</summary>
    private static IEnumerable<Effect> Checks(Pass pass, ReleasePlan plan, ReleaseProgress release, RolloutStrategy strategy) =>
        from step in plan.Steps.Take(strategy.WrittenSteps().Count).Index()
        where step.Item is PlanStep.Checks
        from check in ((PlanStep.Checks)step.Item).Jobs.Index()
        select new Effect.ValidateCheck($"{ChecksReader.FieldOf(strategy, step.Index, check.Index)}.template", CheckJobs.Build(pass, plan, release, step.Index, check.Item));

    private static Decision Recorded(Pass pass, ReleaseProgress release, Release record)
    {
        var isOurs = record.Metadata.ControllerOwner()?.Uid == pass.Rollout.Metadata.Uid;
        if (!isOurs || record.Spec.Revision != release.Revision || record.Status?.Outcome is not null)
        {
            // The number is taken by another release, which the cache had not shown.
            var number = Start.NextNumber(pass);
            var renumbered = release with { Number = number, Name = ObjectNames.Release(pass.Name, number) };
            return new Decision.Transition(pass.Status with { Release = renumbered }, []);
        }

        if (Interruption.IsOvertaken(pass, release) is { } outcome) return Transitions.Finish(pass, release, outcome, outcome.ToString(), Interruption.Overtaken(pass, outcome));
        var plan = pass.PlanInForce;
        if (pass.IsHeld) return Waiting.Held(pass, release, AnalysisLook.Nothing, Workload.OfStable(pass, plan, release.PreviousRevision));

        if (plan.Expand is not null)
        {
            const string Message = "the expand migration comes first";
            var status = Transitions.Enter(pass, release, Stage.Expanding, deadline: null, Reasons.Migrating, Message);
            return new Decision.Transition(StatusView.Refresh(pass, status, new Outlook(Phase.Progressing, Reasons.Migrating, Message)), []);
        }

        return StageViews.Moved(pass, Transitions.AfterExpand(pass, plan, release, Reasons.Progressing, "no migration to run"));
    }

    private static Decision.Transition Withdraw(Pass pass, ReleaseProgress release)
    {
        var status = pass.Status with { Release = null, Canary = null };
        var message = $"release {release.Number} of revision {release.Revision} was withdrawn before it began";
        return Transitions.Say(pass, status, new Outlook(Phase.Progressing, Reasons.Progressing, message), isWarning: false, "ReleaseWithdrawn", "Release", message);
    }
}
