using Sluice.Api;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>A release turns back, or ends, for the reason that it gives, and that reason holds in the cluster as it is.</summary>
internal sealed class Outcomes(ReleaseWorld world) : IPromise
{
    private readonly Records records = new(world);

    /// <summary>Of each ReplicaSet: when its figures changed last, and what was available right before that moment.</summary>
    private readonly Dictionary<(string Namespace, string Name), (DateTimeOffset At, int Before)> moments = [];

    public void Check(Write write)
    {
        if (write is { Resource: "replicasets", Before: V1ReplicaSet was } && (!moments.TryGetValue((write.Namespace, write.Name), out var moment) || moment.At != write.At))
        {
            moments[(write.Namespace, write.Name)] = (write.At, was.Status?.AvailableReplicas ?? 0);
        }

        if (!write.IsReport(out var before, out var after)) return;
        CheckEnd(before, after);
        if (before.Status?.Release is not { } old || after.Status?.Release is not { } next) return;
        if (next.Stage is not (Stage.RollingBack or Stage.Finishing) || old.Stage == next.Stage || old.Stage is Stage.RollingBack or Stage.Undoing) return;

        Promise.Keep(
            next.Outcome == Outcome.Promoted || next.Stage == Stage.Finishing == (old.Stage is Stage.Pending or Stage.Expanding || old.PreviousRevision is null),
            "what has pods and a way back is rolled back",
            $"{next.Outcome} from {old.Stage} by {next.Stage}");
        Promise.Keep(old.Stage != Stage.Contracting || next.Outcome == Outcome.Promoted, "a contract never demotes what is promoted", $"{next.Outcome} from {old.Stage}");
        var actions = AppliedDecisions.In(before, after);
        switch (next.Outcome)
        {
            case Outcome.Promoted:
                Promise.Keep(old.Stage is Stage.Promoting or Stage.Soaking or Stage.Contracting && next.Verdict != Verdict.Fail, "a release is promoted from the promotion, the soak or its contract, and never over a FAIL", $"{old.Stage}, {next.Verdict}");
                break;
            case Outcome.Aborted:
                Promise.Keep(
                    next.Reason == Reasons.GateRejected ? actions.Contains(DecisionAction.Reject) : next.Reason == Reasons.Aborted && actions.Contains(DecisionAction.Abort),
                    "a release is aborted by a person's Decision",
                    $"{next.Reason} with {string.Join(", ", actions)}");
                break;
            case Outcome.Superseded or Outcome.Reverted:
                var wanted = after.Status is { RolledBackTo: { } hold } status && hold.HeldRevision == status.Revision ? hold.Revision : after.Status!.Revision;
                Promise.Keep(
                    wanted != old.Revision && (next.Outcome == Outcome.Reverted) == (wanted == old.PreviousRevision),
                    "a release is overtaken by another revision",
                    $"{next.Outcome} though {wanted} is asked for, the release is {old.Revision} after {old.PreviousRevision}");
                break;
            case Outcome.Failed or Outcome.RolledBack:
                Promise.Keep(next.Outcome == Outcome.Failed == (next.Stage == Stage.Finishing), "a release without a way back has failed", $"{next.Outcome} in {next.Stage}");
                CheckFailure(write, before, old, next);
                break;
            default:
                Promise.Keep(isKept: false, "a release that ends has an outcome", $"{next.Outcome} in {next.Stage}");
                break;
        }
    }

    private static void CheckEnd(Rollout before, Rollout after)
    {
        if (before.Status?.Release is not { Stage: Stage.Finishing } ended || after.Status is not { Release: null } status) return;

        var last = status.LastRelease;
        Promise.Keep(
            last?.Name == ended.Name && last.Revision == ended.Revision && last.Outcome == ended.Outcome && last.Reason == ended.Reason,
            "the last release is the one that ended",
            $"{last?.Name} {last?.Outcome} after {ended.Name} {ended.Outcome}");
        Promise.Keep(last!.Held == last.Outcome is Outcome.Failed or Outcome.RolledBack or Outcome.Aborted, "what did not make it is held", $"{last.Outcome}, held {last.Held}");
    }

    private void CheckFailure(Write write, Rollout before, ReleaseProgress old, ReleaseProgress next)
    {
        switch (next.Reason)
        {
            case Reasons.MetricFailed:
                Promise.Keep(next.Verdict == Verdict.Fail && next.Analysis.Any(metric => metric.Verdict == Verdict.Fail), "a metric's FAIL is on record", $"{string.Join(", ", next.Analysis.Select(metric => metric.Verdict))}");
                break;
            case Reasons.ProgressDeadlineExceeded:
                CheckMissing(write, before, old);
                break;
            case Reasons.CrashLooping:
                Promise.Keep(PodsOf(before, old.Revision).Any(pod => (pod.Status?.ContainerStatuses ?? []).Any(container => container.RestartCount >= 3) && !pod.IsReady()), "a crash loop is one", $"no pod of {old.Revision} was restarted three times");
                break;
            case Reasons.ImageNotPullable:
                Promise.Keep(
                    PodsOf(before, old.Revision).Any(pod => (pod.Status?.ContainerStatuses ?? []).Any(container => container.State?.Waiting?.Reason is "InvalidImageName" or "ErrImageNeverPull")),
                    "an image cannot be pulled for certain",
                    $"no pod of {old.Revision} says so");
                break;
            case Reasons.AnalysisInconclusive:
                CheckInconclusive(write, before, old, next);
                break;
            case Reasons.MigrationFailed or Reasons.MigrationUnknown:
                CheckMigration(old, next);
                break;
            case Reasons.ChecksFailed:
                Promise.Keep(old.Checks.Any(check => check.State is CheckState.Failed or CheckState.TimedOut or CheckState.Disrupted or CheckState.Lost), "a check that did not succeed is on record", $"{string.Join(", ", old.Checks.Select(check => check.State))}");
                break;
            default:
                Promise.Keep(isKept: false, "a release fails for a known reason", $"{next.Reason}");
                break;
        }
    }

    /// <summary>
    /// Pods are missing now, and no more have come since the deadline began. What comes in the very moment of the write may do so after the operator has read live: no version
    /// in the status tells it.
    /// </summary>
    private void CheckMissing(Write write, Rollout before, ReleaseProgress old)
    {
        var plan = records.PlanOf(before);
        if (PodTarget.CalledForBy(before, plan) is not { } target) return;

        var arrived = Count(old.Revision) + Count(old.PreviousRevision);
        Promise.Keep(arrived <= old.ProgressMark, "a release is not given up while its pods are coming", $"{arrived} pods of {target} are available, {old.ProgressMark} were when the deadline began");

        int Count(string? revision) => revision is not null && SetOf(before, revision) is { } set ? Math.Min(target.Of(revision), Seen(set)) : 0;

        int Seen(V1ReplicaSet set)
        {
            var available = set.Status?.AvailableReplicas ?? 0;
            return moments.TryGetValue((write.Namespace, set.Metadata.Name!), out var moment) && moment.At == write.At ? Math.Min(available, moment.Before) : available;
        }
    }

    private void CheckInconclusive(Write write, Rollout before, ReleaseProgress old, ReleaseProgress next)
    {
        if (records.RecordOf(before) is not { } record || old.Step is not { Kind: StepKind.Analysis } step) return;

        var planned = new Plan(before, record).Steps[step.Index].Analysis!;
        Promise.Keep(write.Second >= step.StartedAt + Plan.Span(planned.MaxDuration), "an analysis has its maxDuration", $"{write.Clock - step.StartedAt} of {planned.MaxDuration}");
        var open = next.Analysis.Where(metric => metric.Verdict != Verdict.Pass).Select(metric => record.Spec.Analysis!.Metrics.First(planned => planned.Name == metric.Name).OnInconclusive).ToList();
        Promise.Keep(open.Contains(InconclusivePolicy.RollBack), "onInconclusive decides", $"rolled back by {string.Join(", ", open)}");
    }

    private void CheckMigration(ReleaseProgress old, ReleaseProgress next)
    {
        Promise.Keep(old.Stage == Stage.Expanding, "a migration fails a release while it expands", $"in {old.Stage}");
        var migration = world.Migrations.FirstOrDefault(candidate => candidate.Spec.Release == old.Name && candidate.Spec.Phase == MigrationPhase.Expand);
        if (migration?.Status is not { } status) return;

        Promise.Keep(
            status.State is MigrationState.Failed or MigrationState.TimedOut or MigrationState.Disrupted or MigrationState.Unknown or MigrationState.Superseded || status.Reason == Reasons.Overridden,
            "a release fails with its migration",
            $"{migration.Metadata.Name} is {status.State}");
        Promise.Keep(next.Reason == Reasons.MigrationUnknown == (status.State == MigrationState.Unknown || status.Reason == Reasons.Overridden), "what nobody knows is called unknown", $"{next.Reason}, {migration.Metadata.Name} is {status.State}");
    }

    private V1ReplicaSet? SetOf(Rollout rollout, string revision) =>
        world.Cluster.List<V1ReplicaSet>(rollout.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!), (Labels.Revision, revision)) is [var set, ..] ? set : null;

    private IEnumerable<V1Pod> PodsOf(Rollout rollout, string revision) =>
        world.Cluster.List<V1Pod>(rollout.Metadata.Namespace!, (Labels.Rollout, rollout.Metadata.Name!), (Labels.Revision, revision)).Where(pod => pod.Metadata.DeletionTimestamp is null);
}
