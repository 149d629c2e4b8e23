using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Only the declared changes of stage; steps in their order, none skipped but by PromoteFull; none while the Rollout is paused or asks for another revision. What a
/// release is stays what it was.
/// </summary>
internal sealed class Stages(ReleaseWorld world, PodHistory pods) : IPromise
{
    private static readonly Dictionary<Stage, Stage[]> Ways = new()
    {
        [Stage.Pending] = [Stage.Expanding, Stage.Starting, Stage.Stepping, Stage.Promoting, Stage.Finishing],
        [Stage.Expanding] = [Stage.Starting, Stage.Stepping, Stage.Promoting, Stage.Finishing],
        [Stage.Starting] = [Stage.Stepping, Stage.Promoting, Stage.RollingBack],
        [Stage.Stepping] = [Stage.Promoting, Stage.RollingBack],
        [Stage.Promoting] = [Stage.Soaking, Stage.Contracting, Stage.Finishing, Stage.RollingBack],
        [Stage.Soaking] = [Stage.Contracting, Stage.Finishing, Stage.RollingBack],
        [Stage.Contracting] = [Stage.Finishing],
        [Stage.RollingBack] = [Stage.Undoing, Stage.Finishing],
        [Stage.Undoing] = [Stage.Finishing],
        [Stage.Finishing] = [],
    };

    private readonly Records records = new(world);

    public void Check(Write write)
    {
        if (!write.IsReport(out var before, out var after)) return;

        switch (before.Status?.Release, after.Status?.Release)
        {
            case (null, { } begun):
                CheckStart(before, after, begun);
                break;
            case ({ } ended, null):
                Promise.Keep(ended.Stage is Stage.Finishing or Stage.Pending, "a release leaves the status once its end is recorded, or before it began", $"it left in {ended.Stage}");
                break;
            case ({ } old, { } next):
                CheckIdentity(old, next);
                CheckWay(write, before, after, old, next);
                break;
        }
    }

    /// <summary>A person has a failed contract, or the failed undo of what the spec went back from, run again.</summary>
    private void CheckReopening(Rollout before, Rollout after, ReleaseProgress begun)
    {
        var (last, phase) = (before.Status!.LastRelease!, begun.Stage == Stage.Contracting ? MigrationPhase.Contract : MigrationPhase.Undo);
        Promise.Keep(AppliedDecisions.In(before, after).Contains(DecisionAction.Retry), "a release that has ended goes on by a Retry alone", $"{begun.Name} in {begun.Stage}");
        Promise.Keep((begun.Stage, last.Outcome) is (Stage.Contracting, Outcome.Promoted) or (Stage.Undoing, Outcome.Reverted), "a release that has ended goes on with its contract or its undo", $"{begun.Name}, which was {last.Outcome}, in {begun.Stage}");
        Promise.Keep(before.Status.Stable?.Revision == (phase == MigrationPhase.Contract ? begun.Revision : begun.PreviousRevision), "a Retry of a migration moves no pod", $"{begun.Revision} beside {before.Status.Stable?.Revision}");

        // An undo that never had its lock has not been done either; a contract is owed then.
        var newest = world.Migrations
            .Where(migration => migration.Spec.Rollout == before.Metadata.Name && migration.Spec.Phase == phase && (migration.Status?.StartedAt is not null || (phase == MigrationPhase.Undo && migration.Status?.State == MigrationState.TimedOut)))
            .MaxBy(migration => migration.Status!.StartedAt ?? migration.Status.FinishedAt);
        Promise.Keep(newest?.Status?.State is MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted, "what failed is run again, and nothing else", $"{newest?.Metadata.Name} is {newest?.Status?.State}");
    }

    private void CheckStart(Rollout before, Rollout after, ReleaseProgress begun)
    {
        var status = before.Status ?? new RolloutStatus();
        Promise.Keep(status.LastRelease?.Name != begun.Name || begun.Stage is Stage.Contracting or Stage.Undoing, "no number is given again while it is known", $"{begun.Name} in {begun.Stage}");
        if (status.LastRelease?.Name == begun.Name)
        {
            CheckReopening(before, after, begun);
            return;
        }

        Promise.Keep(begun.Stage == Stage.Pending, "a release begins in Pending", $"{begun.Stage}");
        Promise.Keep(!after.Spec.Paused && status.PausedBy is null, "no release starts while the Rollout is paused", $"{begun.Name} started");
        Promise.Keep(status.RefusedGeneration != after.Metadata.Generation, "no release starts from a spec that was refused", $"{begun.Name} started");
        Promise.Keep(status.LastRelease is not { Held: true } last || last.Revision != begun.Revision, "a held revision is not released again", $"{begun.Name} started with {begun.Revision}");
        Promise.Keep(status.RolledBackTo?.HeldRevision != begun.Revision, "a revision that a person went back from is not released again", $"{begun.Name} started with {begun.Revision}");
        Promise.Keep(begun.PreviousRevision == status.Stable?.Revision, "the way back leads to stable", $"{begun.Name} would lead back to {begun.PreviousRevision}, stable is {status.Stable?.Revision}");
        Promise.Keep(begun.Revision != status.Stable?.Revision, "what is stable is not released", $"{begun.Name}");
    }

    private static void CheckIdentity(ReleaseProgress old, ReleaseProgress next)
    {
        var isRenumbered = old.Stage == Stage.Pending && next.Stage == Stage.Pending && next.Number > old.Number;
        Promise.Keep(
            (isRenumbered || (old.Name == next.Name && old.Number == next.Number)) && old.Revision == next.Revision && old.PreviousRevision == next.PreviousRevision && old.StartedAt == next.StartedAt,
            "what a release is never changes",
            $"{old.Name} {old.Revision} after {old.PreviousRevision} since {old.StartedAt:O} became {next.Name} {next.Revision} after {next.PreviousRevision} since {next.StartedAt:O}");
        if (old.Stage is Stage.RollingBack or Stage.Undoing or Stage.Finishing)
        {
            Promise.Keep(next.Outcome == old.Outcome && next.Reason == old.Reason, "why a release ends is written once", $"{old.Outcome} {old.Reason} became {next.Outcome} {next.Reason}");
        }
    }

    private void CheckWay(Write write, Rollout before, Rollout after, ReleaseProgress old, ReleaseProgress next)
    {
        if (old.Stage != next.Stage)
        {
            Promise.Keep(Ways[old.Stage].Contains(next.Stage), "only the declared changes of stage", $"from {old.Stage} to {next.Stage}");
            Promise.Keep(next.StageStartedAt == write.Second, "a stage begins when it is entered", $"{next.Stage} at {next.StageStartedAt:O}, written at {write.At:O}");
        }

        if (!Advances.IsOne(old, next)) return;

        // A soak ends by itself; the contract then waits until the Rollout is paused no more.
        var isHeld = (after.Spec.Paused || before.Status?.PausedBy is not null) && (old.Stage, next.Stage) is not (Stage.Soaking, Stage.Contracting);
        Promise.Keep(!isHeld, "no step advances while the Rollout is paused", $"from {Place(old)} to {Place(next)}");
        Promise.Keep(Wanted(after) == next.Revision || next.Stage is Stage.Soaking or Stage.Contracting, "no release goes on for a revision that is not asked for any more", $"to {Place(next)} of {next.Revision}, {Wanted(after)} is asked for");
        if (records.RecordOf(before) is not { } record) return;

        var plan = new Plan(before, record);
        if (next.Stage is not (Stage.Starting or Stage.Stepping or Stage.Promoting)) return;
        var isFull = AppliedDecisions.In(before, after).Contains(DecisionAction.PromoteFull);
        if (isFull) Promise.Keep(next.Stage == Stage.Promoting, "PromoteFull leads to the promotion", $"to {Place(next)}");
        else if (next.Timeline is [.., { Reason: Reasons.InstantReturn }]) CheckReturn(before, plan, next);
        else Promise.Keep(Place(next) == After(plan, old), "steps are taken in their order, none is skipped", $"from {Place(old)} to {Place(next)}, where {After(plan, old)} follows");
        CheckStep(write, plan, next);
    }

    /// <summary>Without steps only a revision comes back that was promoted when it was tried last, and whose pods are still there.</summary>
    private void CheckReturn(Rollout before, Plan plan, ReleaseProgress next)
    {
        var last = world.Cluster.List<Release>(before.Metadata.Namespace!, (Labels.Rollout, before.Metadata.Name!))
            .Where(release => release.Spec.Revision == next.Revision && release.Status?.Outcome is not null)
            .OrderBy(release => release.Spec.Number)
            .LastOrDefault();
        Promise.Keep(
            next.Stage == Stage.Promoting && plan.BlueGreen is not null && last?.Status?.Outcome == Outcome.Promoted && pods.WasOnce(before, next.Revision, next.StartedAt!.Value, state => state.Available >= plan.Replicas),
            "only what was promoted before, and is still there, comes back without steps",
            $"{next.Revision}, which was {last?.Status?.Outcome}, enters {next.Stage}");
    }

    /// <summary>The new step says what the plan says of it, and its time begins now.</summary>
    private static void CheckStep(Write write, Plan plan, ReleaseProgress next)
    {
        if (next.Stage != Stage.Stepping)
        {
            Promise.Keep(next.StageDeadline == write.Second + plan.ProgressDeadline, "pods have the progress deadline", $"{next.Stage} has until {next.StageDeadline:O}, entered {write.Second:O}");
            return;
        }

        var (step, planned) = (next.Step!, plan.Steps[next.Step!.Index]);
        Promise.Keep(step.Kind == planned.Kind() && step.Of == plan.Steps.Count && step.Gate == planned.Gate?.Name, "a step is the plan's", $"step {step.Index} is {step.Kind} {step.Gate} of {step.Of}");
        TimeSpan? lasts = step.Kind switch
        {
            StepKind.SetWeight => plan.ProgressDeadline,
            StepKind.Pause => planned.Pause!.Duration is { } duration ? Plan.Span(duration) : null,
            StepKind.Analysis => Plan.Span(planned.Analysis!.MaxDuration),
            StepKind.Checks => Plan.Span(planned.Checks!.Timeout),
            _ => null,
        };

        // In whole seconds, none of which is taken from it.
        if (lasts is { } exact) lasts = TimeSpan.FromSeconds(Math.Ceiling(exact.TotalSeconds));
        Promise.Keep(step.StartedAt == write.Second && step.Deadline == write.Second + lasts, "a step has its whole time", $"step {step.Index} from {step.StartedAt:O} to {step.Deadline:O}, entered {write.At:O}, lasts {lasts}");
    }

    /// <summary>Where the plan leads from here.</summary>
    private static string After(Plan plan, ReleaseProgress old)
    {
        if (old.Stage is Stage.Pending or Stage.Expanding)
        {
            if (old.PreviousRevision is null || plan.Replicas == 0) return nameof(Stage.Promoting);
            if (plan.BlueGreen is not null) return nameof(Stage.Starting);
            if (plan.Steps.Count == 0) return nameof(Stage.Promoting);
            if (plan.Steps[0].SetWeight > 0) return nameof(Stage.Starting);
        }

        var index = old.Stage == Stage.Stepping ? old.Step!.Index + 1 : 0;
        return index >= plan.Steps.Count ? nameof(Stage.Promoting) : $"step {index}";
    }

    private static string Place(ReleaseProgress release) => release.Stage == Stage.Stepping ? $"step {release.Step?.Index}" : $"{release.Stage}";

    /// <summary>The revision that is to run, as the status written says: the spec's, or the one that a person went back to.</summary>
    private static string? Wanted(Rollout rollout) =>
        rollout.Status is { RolledBackTo: { } hold } status && hold.HeldRevision == status.Revision ? hold.Revision : rollout.Status?.Revision;
}
