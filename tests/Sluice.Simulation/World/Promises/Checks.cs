using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>
/// Checks: one Job for each check and release, called for by the committed status; what is recorded is what became of that Job, and never changes; a step is left as
/// passed only when as many have succeeded as its join asks for, and taken back only when too few still can.
/// </summary>
internal sealed class Checks(ReleaseWorld world) : IPromise
{
    private readonly Records records = new(world);
    private readonly HashSet<string> created = [];
    private readonly Dictionary<string, V1Job> last = [];

    public bool HoldsForLateArrivals => true;

    public static bool IsOne(V1Job? job) => job?.Metadata.Label(Labels.Checks) is not null;

    public void Check(Write write)
    {
        if ((write.After ?? write.Before) is V1Job job && IsOne(job)) CheckJob(write, job);
        if (write.IsLate || !write.IsReport(out var before, out var after) || after.Status?.Release is not { } next) return;

        if (before.Status?.Release is { } old)
        {
            CheckResults(write, before, old, next);
            if (Advances.LeavesStep(old, next) && old.Step?.Kind == StepKind.Checks) CheckJoin(before, after, old);
        }

        if (next.Outcome is not null && next.Reason == Reasons.ChecksFailed && before.Status?.Release is { Outcome: null } failing) CheckFailure(before, failing);
        if (next.Stage != Stage.Stepping) Promise.Keep(!next.Checks.Any(IsOpen), "nothing is checked that nobody waits for", $"{next.Stage}: {Text(next.Checks)}");
    }

    private void CheckJob(Write write, V1Job job)
    {
        var uid = job.Metadata.Uid!;
        if (write.After is not null) last[uid] = job;
        if (!write.IsTheOperators) return;

        var rollout = world.Cluster.Get<Rollout>(write.Namespace, job.Metadata.Label(Labels.Checks)!);
        var release = rollout?.Status?.Release;
        var check = release?.Checks.FirstOrDefault(check => check.Job == write.Name);
        if (write.IsCreation)
        {
            var isFirst = created.Add($"{rollout?.Metadata.Uid}/{write.Name}");
            if (write.IsLate) return;

            Promise.Keep(isFirst, "one Job per check and release", $"{write.Name} is created a second time");

            Promise.Keep(check is { State: CheckState.Pending, Uid: null }, "a check's Job follows the intent", $"{write.Name}: {check}");
            Promise.Keep(!rollout!.Spec.Paused && rollout.Status!.PausedBy is null, "no check begins while the Rollout is paused", $"{write.Name}");
            CheckShape(write, job, rollout, release!, check!);
            return;
        }

        if (write.IsLate) return;
        var isAwaited = check is not null && IsOpen(check) && (check.Uid ?? uid) == uid && rollout!.Metadata.DeletionTimestamp is null;
        Promise.Keep(!isAwaited || job.Metadata.ControllerOwner()?.Uid != rollout!.Metadata.Uid, "a Job whose end is waited for is left alone", $"{write.Committed.Verb} of {write.Name}: {check}");
    }

    private void CheckShape(Write write, V1Job job, Rollout rollout, ReleaseProgress release, CheckStatus check)
    {
        var spec = job.Spec!;
        Shapes.CheckOwner(job.Metadata, Rollout.KindName, rollout.Metadata.Uid);
        Promise.Keep(spec is { BackoffLimit: 0, PodReplacementPolicy: "Failed", TtlSecondsAfterFinished: null } && spec.Suspend != true && (spec.Completions ?? 1) == 1, "a check runs once, and its Job stays", $"{write.Name}");
        Promise.Keep(job.Metadata.Finalizers?.Contains(Finalizers.CheckResult) == true, "a Job is held until its result is recorded", $"{write.Name}");
        var labels = spec.Template!.Metadata!.Labels!;
        Promise.Keep(!labels.ContainsKey(Labels.Rollout) && !labels.ContainsKey(Labels.Revision), "a check's pod is none of those that serve", $"{write.Name}");
        Promise.Keep(job.Metadata.Label(Labels.Release) == release.Name && labels.GetValueOrDefault(Labels.Check) == check.Name, "a check's Job and pod are labelled", $"{write.Name}");
        if (records.RecordOf(rollout) is not { } record || record.Spec.Strategy.WrittenSteps()[check.Step - 1].Checks is not { } planned) return;

        var template = planned.Jobs.Single(candidate => candidate.Name == check.Name).Template;
        var (wanted, made) = (template.Spec!.Value.GetProperty("containers")[0], spec.Template.Spec!.Value.GetProperty("containers")[0]);
        Promise.Keep(spec.ActiveDeadlineSeconds == (long)Plan.Span(planned.Timeout).TotalSeconds, "a check has its timeout", $"{write.Name}: {spec.ActiveDeadlineSeconds} of {planned.Timeout}");
        Promise.Keep(wanted.GetProperty("image").GetString() == made.GetProperty("image").GetString(), "a check's pod is the plan's", $"{write.Name}");
        Promise.Keep(made.GetProperty("env").ToString().Contains(release.Revision, StringComparison.Ordinal), "a check is told which revision it checks", $"{write.Name}");
    }

    /// <summary>Results are what was seen of the very Job that the status names, and stay as they are.</summary>
    private void CheckResults(Write write, Rollout before, ReleaseProgress old, ReleaseProgress next)
    {
        foreach (var check in next.Checks)
        {
            var was = old.Checks.FirstOrDefault(candidate => candidate.Step == check.Step && candidate.Name == check.Name);
            if (was is null)
            {
                Promise.Keep(check is { State: CheckState.Pending, Uid: null }, "a check begins with what is intended", $"{check}");
                continue;
            }

            if (was.State != check.State) Promise.Keep(IsOpen(was), "what a check said is never taken back", $"{was} became {check}");
            Promise.Keep(was.Uid is null || was.Uid == check.Uid, "a check is one Job", $"{was} became {check}");
            if (was.State == check.State || check.Uid is null || last.GetValueOrDefault(check.Uid) is not { } job) continue;

            var (complete, failed) = (Migrations.Has(job, "Complete"), Migrations.Has(job, "Failed"));
            var isSo = check.State switch
            {
                CheckState.Succeeded => complete,
                CheckState.Failed or CheckState.Disrupted => failed,
                CheckState.TimedOut => failed || (!complete && IsOverdue(write, before, check)),
                CheckState.Lost => job.Metadata.DeletionTimestamp is not null || world.Cluster.Get<V1Job>(write.Namespace, check.Job)?.Metadata.Uid != check.Uid,
                _ => true,
            };
            Promise.Keep(isSo, "a check's result is what became of its Job", $"{check}: {string.Join(", ", (job.Status?.Conditions ?? []).Select(condition => $"{condition.Type}={condition.Status}"))}");
        }
    }

    private bool IsOverdue(Write write, Rollout rollout, CheckStatus check) =>
        records.RecordOf(rollout)?.Spec.Strategy.WrittenSteps()[check.Step - 1].Checks is not { } planned || write.Second >= check.StartedAt + Plan.Span(planned.Timeout);

    private void CheckJoin(Rollout before, Rollout after, ReleaseProgress old)
    {
        if (AppliedDecisions.In(before, after).Contains(DecisionAction.PromoteFull) || Needed(before, old) is not { } needed) return;
        Promise.Keep(old.Checks.Count(check => check.Step == old.Step!.Index + 1 && check.State == CheckState.Succeeded) >= needed, "a step is left when as many checks have succeeded as its join asks for", $"{needed} of {Text(old.Checks)}");
    }

    private void CheckFailure(Rollout before, ReleaseProgress old)
    {
        if (Needed(before, old) is not { } needed) return;
        var (succeeded, open) = (old.Checks.Count(check => check.State == CheckState.Succeeded), old.Checks.Count(IsOpen));
        var failFast = records.RecordOf(before)!.Spec.Strategy.WrittenSteps()[old.Step!.Index].Checks!.FailFast;
        Promise.Keep(succeeded + open < needed && (failFast || open == 0), "checks take a release back when too few can succeed", $"{needed} of {Text(old.Checks)}");
    }

    private int? Needed(Rollout rollout, ReleaseProgress release) => records.RecordOf(rollout)?.Spec.Strategy.WrittenSteps()[release.Step!.Index].Checks is { } planned
        ? planned.Join.ToString() switch { "All" => planned.Jobs.Count, "Any" => 1, var number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) }
        : null;

    private static bool IsOpen(CheckStatus check) => check.State is CheckState.Pending or CheckState.Running;

    private static string Text(IEnumerable<CheckStatus> checks) => string.Join(", ", checks.Select(check => $"{check.Step}/{check.Name} {check.State}"));
}
