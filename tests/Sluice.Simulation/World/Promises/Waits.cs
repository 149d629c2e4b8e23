using Sluice.Api;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// What a stage or step waits for was there before it is left: the migration's success, pods that were available, a duration that is over, a person's word. Nothing is
/// left early, and where no fault delays the operator nothing is left late either.
/// </summary>
internal sealed class Waits(ReleaseWorld world, PodHistory pods) : IPromise
{
    /// <summary>The operator counts whole seconds and waits for no less than one.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    private readonly Records records = new(world);
    private readonly Dictionary<string, DateTimeOffset> lastHeld = [];

    public void Check(Write write)
    {
        if (write.After is Rollout rollout && (rollout.Spec.Paused || rollout.Status?.PausedBy is not null)) lastHeld[rollout.Metadata.Uid!] = write.At;
        if (!write.IsReport(out var before, out var after) || before.Status?.Release is not { } old || after.Status?.Release is not { } next) return;

        CheckDeadline(write, before, old, next);
        if (records.RecordOf(before) is not { } record) return;

        var plan = new Plan(before, record);
        var actions = AppliedDecisions.In(before, after);
        if (next.Stage is Stage.Starting or Stage.Stepping or Stage.Promoting && old.Stage is Stage.Pending or Stage.Expanding) CheckMigration(write, plan, old, next);
        if (old.Stage == Stage.Starting && next.Stage is Stage.Stepping or Stage.Promoting && old.Stage == Stage.Starting && !actions.Contains(DecisionAction.PromoteFull)) CheckCanary(before, plan, old);
        if (Advances.LeavesStep(old, next) && !actions.Contains(DecisionAction.PromoteFull)) CheckStep(write, before, plan, old, actions);
        if (old.Stage == Stage.Promoting && next is { Stage: Stage.Soaking or Stage.Contracting } or { Stage: Stage.Finishing, Outcome: Outcome.Promoted } && old.Stage == Stage.Promoting)
        {
            CheckSettled(before, plan, old, plan.Replicas, 0, old.StageStartedAt!.Value, "a revision is promoted once it runs on all pods, and no other runs");
            var soaks = plan.Soak > TimeSpan.Zero && old.PreviousRevision is not null;
            Promise.Keep(soaks == (next.Stage == Stage.Soaking), "a promoted revision soaks as the plan says", $"soak {plan.Soak}, entered {next.Stage}");
        }

        if (old.Stage == Stage.Soaking && next.Stage is Stage.Contracting or Stage.Finishing && old.Stage == Stage.Soaking) CheckSoak(write, plan, after, old);
    }

    private void CheckMigration(Write write, Plan plan, ReleaseProgress old, ReleaseProgress next)
    {
        if (!plan.HasMigration) return;

        Promise.Keep(old.Stage == Stage.Expanding, "the expand migration is never skipped", $"from {old.Stage} to {next.Stage}");
        var migration = world.Migrations.FirstOrDefault(candidate => candidate.Spec.Release == old.Name && candidate.Spec.Phase == MigrationPhase.Expand);
        Promise.Keep(
            migration?.Status?.State is MigrationState.Succeeded or MigrationState.Skipped,
            "no canary pod before the expand migration is recorded as verified",
            $"{write.Name} enters {next.Stage}, {migration?.Metadata.Name ?? "its Migration"} is {migration?.Status?.State.ToString() ?? "not there"}");
    }

    private void CheckCanary(Rollout before, Plan plan, ReleaseProgress old)
    {
        var (canary, _) = plan.Split(before.Status!.Canary?.Weight ?? 0);
        Promise.Keep(pods.WasOnce(before, old.Revision, old.StageStartedAt!.Value, state => state.Available >= canary), "the first step begins with its canary pods available", $"{canary} pods of {old.Revision} never were");
    }

    private void CheckStep(Write write, Rollout before, Plan plan, ReleaseProgress old, IReadOnlyList<DecisionAction?> actions)
    {
        var (step, started) = (old.Step!, old.Step!.StartedAt!.Value);
        switch (step.Kind)
        {
            case StepKind.SetWeight:
                var (canary, stable) = plan.Split(plan.WeightAt(step.Index));
                CheckSettled(before, plan, old, canary, stable, started, "what a step asks for is observed before the next one begins");
                break;
            case StepKind.Pause when !actions.Contains(DecisionAction.Continue):
                var duration = plan.Steps[step.Index].Pause?.Duration;
                Promise.Keep(duration is not null, "a pause without duration ends by a Decision", $"step {step.Index} was left");
                CheckTime(write, before, started, Plan.Span(duration), "a pause lasts its duration");
                break;
            case StepKind.Gate:
                Promise.Keep(actions.Contains(DecisionAction.Approve) || actions.Contains(DecisionAction.Override), "a gate is passed by a person's Decision", $"gate {step.Gate} was passed");
                break;
            case StepKind.Analysis when !actions.Contains(DecisionAction.Continue):
                var least = Plan.Span(plan.Steps[step.Index].Analysis!.MinDuration);
                Promise.Keep(write.Second >= started + least, "an analysis step takes its minDuration", $"step {step.Index} of {least} was left {write.Clock - started} after its start");
                break;
        }
    }

    private void CheckSettled(Rollout before, Plan plan, ReleaseProgress old, int canary, int stable, DateTimeOffset since, string promise)
    {
        // With a router the others keep their pods for the way back, and until their scale-down delay is over; and pods of the canary's own that are still to go take no part in the split.
        foreach (var revision in plan.IsRouted ? [old.Revision] : pods.RevisionsOf(before).Append(old.Revision).Distinct())
        {
            var count = revision == old.Revision ? canary : revision == old.PreviousRevision ? stable : 0;
            var isSo = plan.IsRouted ? count == 0 || pods.WasOnce(before, revision, since, state => state.Wanted == count && state.Available >= count)
                : count == 0 ? pods.WasOnce(before, revision, since, state => state is { Wanted: 0, Pods: 0 }) : pods.WasOnce(before, revision, since, state => state.Is(count));
            Promise.Keep(isSo, promise, $"{revision} never had {count} pods, all available, since {since:HH:mm:ss}");
        }
    }

    private void CheckSoak(Write write, Plan plan, Rollout after, ReleaseProgress old)
    {
        if (after.Status!.Revision != old.Revision || after.Status.RolledBackTo is not null) return;
        CheckTime(write, after, old.StageStartedAt!.Value, plan.Soak, "a soak lasts its duration");
    }

    /// <summary>A deadline for pods ends nothing early; it begins anew only in full.</summary>
    private void CheckDeadline(Write write, Rollout before, ReleaseProgress old, ReleaseProgress next)
    {
        var (was, now) = (Deadline(old), Deadline(next));
        var length = TimeSpan.FromSeconds(before.Spec.ProgressDeadlineSeconds);
        if (now is not null && now != was) Promise.Keep(now == write.Second + length, "a deadline that begins anew has its whole length", $"{next.Stage} until {now:O}, written {write.At:O}");
        if (old.Reason == Reasons.Paused && next.Reason is null && was is not null && now is not null) Promise.Keep(now == write.Second + length, "time spent paused does not count against the pods", $"{next.Stage} until {now:O} as before, resumed {write.At:O}");
        if (next.Reason != Reasons.ProgressDeadlineExceeded || old.Reason == Reasons.ProgressDeadlineExceeded || next.Stage == Stage.Finishing && old.Stage == Stage.RollingBack) return;

        Promise.Keep(was is not null && write.Second >= was, "the progress deadline acts when it is over", $"written {write.At:O}, it was {was:O}");
        CheckPunctual(write, before, was!.Value, "the progress deadline acts when it is over");
    }

    private static DateTimeOffset? Deadline(ReleaseProgress release) => release.Stage switch
    {
        Stage.Stepping when release.Step?.Kind == StepKind.SetWeight => release.Step.Deadline,
        Stage.Starting or Stage.Promoting or Stage.RollingBack => release.StageDeadline,
        _ => null,
    };

    private void CheckTime(Write write, Rollout rollout, DateTimeOffset started, TimeSpan duration, string promise)
    {
        Promise.Keep(write.Second >= started + duration, promise, $"{duration} from {started:O} on, left {write.At:O}");
        CheckPunctual(write, rollout, started + duration, promise);
    }

    private void CheckPunctual(Write write, Rollout rollout, DateTimeOffset due, string promise)
    {
        if (world.Disturbance is not { } disturbance || lastHeld.GetValueOrDefault(rollout.Metadata.Uid!) > due - TimeSpan.FromDays(1) && lastHeld.ContainsKey(rollout.Metadata.Uid!)) return;
        Promise.Keep(write.Clock <= due + Rounding + disturbance, promise + ", and no more", $"due {due:O}, left {write.At:O}");
    }
}
