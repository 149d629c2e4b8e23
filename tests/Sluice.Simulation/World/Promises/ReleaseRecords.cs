using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Api.Values;
using Sluice.Kubernetes.Models;

namespace Sluice.Simulation.World.Promises;

/// <summary>Releases: one for each attempt, numbered upwards, as the status announced it and the spec was; their end is written once and is the status'.</summary>
internal sealed class ReleaseRecords(ReleaseWorld world) : IPromise
{
    public bool HoldsForLateArrivals => true;

    private int takenByPeople;

    public void Check(Write write)
    {
        if (write is { IsTheOperators: false, Resource: "releases", IsDeletion: true }) takenByPeople++;
        if (write.IsReport(out var before, out var after)) CheckCleared(before, after);
        if (!write.IsTheOperators || write.Resource != "releases" || (write.IsLate && write.IsCreation)) return;

        if (write.IsCreation) CheckCreation(write, (Release)write.After!);
        else if (write.IsDeletion) CheckDeletion((Release)write.Before!);
        else CheckChange(write, (Release)write.Before!, (Release)write.After!);
    }

    private Rollout RolloutOf(Release release)
    {
        var rollout = world.Cluster.Get<Rollout>(release.Metadata.Namespace!, release.Spec.Rollout);
        Promise.Keep(rollout is not null, "a Release is written for a Rollout", $"{release.Metadata.Name}");
        return rollout!;
    }

    private void CheckCreation(Write write, Release release)
    {
        var rollout = RolloutOf(release);
        var flight = rollout.Status?.Release;
        Promise.Keep(flight?.Stage == Stage.Pending && flight.Name == write.Name, "a Release is written once the status has announced it", $"{write.Name} in {flight?.Name} {flight?.Stage}");
        Promise.Keep(release.Spec.Number == flight!.Number && release.Spec.Revision == flight.Revision, "a Release is the announced one", $"{write.Name} has {release.Spec.Revision}, announced was {flight.Revision}");
        Promise.Keep(write.Name.EndsWith($"-{release.Spec.Number}", StringComparison.Ordinal) && (write.Name.Length == 63 || write.Name == $"{release.Spec.Rollout}-{release.Spec.Number}"), "a Release is named by Rollout and number", $"{write.Name}");
        Shapes.CheckOwner(release.Metadata, Rollout.KindName, rollout.Metadata.Uid);
        var others = world.Cluster.List<Release>(write.Namespace, (Labels.Rollout, release.Spec.Rollout)).Where(other => other.Metadata.Uid != release.Metadata.Uid && other.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid).ToList();
        Promise.Keep(others.TrueForAll(other => other.Spec.Number < release.Spec.Number), "the numbers of Releases rise", $"{release.Spec.Number} after {others.Select(other => other.Spec.Number).DefaultIfEmpty().Max()}");
        CheckPlan(release, rollout, others);
    }

    /// <summary>The plan is the spec's as it is, but for the metrics of AnalysisTemplates, which are recorded resolved, and for the steps of a revision within the rollbackWindow; a person's RollBack brings the pods and the migration of an earlier Release.</summary>
    private static void CheckPlan(Release release, Rollout rollout, List<Release> others)
    {
        var (spec, isBack) = (rollout.Spec, rollout.Status?.RolledBackTo is not null);
        var expected = release.Spec with
        {
            Strategy = IsRecentlyStable(release, rollout, others) ? Without(spec.Strategy) : spec.Strategy,
            Analysis = spec.Analysis?.Templates is { Count: > 0 } ? release.Spec.Analysis : spec.Analysis,
            Soak = spec.Soak,
            Template = isBack || spec.Template is null ? release.Spec.Template : spec.Template,
            Migration = isBack ? release.Spec.Migration : spec.Migration,
        };
        Promise.Keep(SemanticEquality.SemanticallyEqual(expected, release.Spec, ApiJsonContext.Default.ReleaseSpec), "a Release has the spec's plan", $"{release.Metadata.Name}");
    }

    private static RolloutStrategy Without(RolloutStrategy strategy) => strategy switch
    {
        { Canary: { } canary } => new RolloutStrategy { Canary = canary with { Steps = [] } },
        { BlueGreen: { } blueGreen } => new RolloutStrategy { BlueGreen = blueGreen with { PrePromotion = [], AutoPromote = true } },
        _ => strategy,
    };

    private static bool IsRecentlyStable(Release release, Rollout rollout, List<Release> others)
    {
        var promoted = others.Where(other => other.Status?.Outcome == Outcome.Promoted && other.Spec.Revision != rollout.Status?.Stable?.Revision);
        return promoted.GroupBy(other => other.Spec.Revision).OrderByDescending(one => one.Max(other => other.Spec.Number)).Take(rollout.Spec.RollbackWindow).Any(one => one.Key == release.Spec.Revision);
    }

    private void CheckChange(Write write, Release before, Release after)
    {
        if (after.Metadata.DeletionTimestamp is not null && before.Metadata.DeletionTimestamp is null) return;

        if (before.Metadata.ControllerOwner() is null && after.Metadata.ControllerOwner() is not null)
        {
            Shapes.CheckOwner(after.Metadata, Rollout.KindName, RolloutOf(after).Metadata.Uid);
            Promise.Keep(JsonNode.DeepEquals(write.Committed.Before!["spec"], write.Committed.After["spec"]) && JsonNode.DeepEquals(write.Committed.Before!["status"], write.Committed.After["status"]), "a Release that is taken over stays what it was", $"{write.Name}");
            return;
        }

        Promise.Keep(write.Committed.Subresource == "status" && JsonNode.DeepEquals(write.Committed.Before!["spec"], write.Committed.After["spec"]), "a Release's spec never changes", $"{write.Name}");
        Promise.Keep(before.Status?.Outcome is null, "how a release ended is written once", $"{write.Name}: {before.Status?.Outcome} became {after.Status?.Outcome}");
        var flight = RolloutOf(after).Status?.Release;
        if (flight?.Name != write.Name)
        {
            Promise.Keep(flight is null && after.Status?.Outcome == Outcome.Superseded, "only a Release that nothing follows is closed as superseded", $"{write.Name} {after.Status?.Outcome} while {flight?.Name} is in {flight?.Stage}");
            return;
        }

        Promise.Keep(flight.Timeline.All(entry => after.Status!.Timeline.Contains(entry)), "the whole timeline goes to the Release", $"{write.Name} has {after.Status!.Timeline.Count} entries, the status {flight.Timeline.Count}");
        Promise.Keep((before.Status?.Timeline ?? []).All(entry => after.Status!.Timeline.Contains(entry)), "what is in the Release's timeline stays", $"{write.Name}");
        if (after.Status?.Outcome is null) return;

        Promise.Keep(flight.Stage == Stage.Finishing && after.Status.Outcome == flight.Outcome && after.Status.Reason == flight.Reason, "a Release ends as the status says", $"{write.Name}: {after.Status.Outcome} {after.Status.Reason} in {flight.Stage}, {flight.Outcome} {flight.Reason}");
        Promise.Keep(after.Status.StartedAt == flight.StartedAt && after.Status.FinishedAt == flight.StageStartedAt && after.Status.Verdict == flight.Verdict, "a Release tells when and with what verdict", $"{write.Name} from {after.Status.StartedAt:O} to {after.Status.FinishedAt:O}, {after.Status.Verdict}");
        Promise.Keep(after.Status.Analysis.Count == flight.Analysis.Count && after.Status.Decisions.Count == flight.Decisions.Count, "a Release keeps evidence and decisions", $"{write.Name}");
    }

    private void CheckDeletion(Release release)
    {
        var rollout = RolloutOf(release);
        Promise.Keep(release.Status?.Outcome is not null && rollout.Status?.Release is null && rollout.Status?.LastRelease?.Name != release.Metadata.Name, "only Releases of the past are deleted", $"{release.Metadata.Name} {release.Status?.Outcome}");
        var left = world.Cluster.List<Release>(release.Metadata.Namespace!, (Labels.Rollout, release.Spec.Rollout)).Count;
        Promise.Keep(left + takenByPeople >= rollout.Spec.ReleaseHistoryLimit, "releaseHistoryLimit Releases are kept", $"{left} after {release.Metadata.Name}");
    }

    /// <summary>The story is in the Release before the status forgets it, unless somebody deleted the Release.</summary>
    private void CheckCleared(Rollout before, Rollout after)
    {
        CheckTimeline(before, after);
        if (before.Status?.Release is not { Stage: Stage.Finishing } ended || after.Status?.Release is not null) return;

        var record = world.Cluster.Get<Release>(before.Metadata.Namespace!, ended.Name);
        Promise.Keep(record is null || record.Status?.Outcome == ended.Outcome, "a release leaves the status once its end is recorded", $"{ended.Name} {ended.Outcome}, recorded {record?.Status?.Outcome}");
    }

    private void CheckTimeline(Rollout before, Rollout after)
    {
        if (before.Status?.Release is not { } old || after.Status?.Release is not { } next || old.Name != next.Name) return;

        Promise.Keep(next.Timeline.Count <= ReleaseProgress.MaxTimeline, "the timeline is bounded", $"{next.Timeline.Count}");
        var dropped = old.Timeline.Where(entry => !next.Timeline.Contains(entry)).ToList();
        Promise.Keep(old.Timeline.Skip(dropped.Count).SequenceEqual(next.Timeline.Take(old.Timeline.Count - dropped.Count)), "the timeline is only added to", $"{next.Name}");
        if (old.Stage != next.Stage || old.Step?.Index != next.Step?.Index) Promise.Keep(next.Timeline.Count > 0 && !next.Timeline[^1].Equals(old.Timeline is [.., var newest] ? newest : null), "every change of stage and step is told", $"{old.Stage} to {next.Stage}");
        if (dropped.Count == 0 || next.Stage is Stage.RollingBack or Stage.Undoing or Stage.Finishing) return;

        var recorded = world.Cluster.Get<Release>(before.Metadata.Namespace!, next.Name)?.Status?.Timeline ?? [];
        Promise.Keep(dropped.TrueForAll(recorded.Contains), "the timeline's beginning goes to the Release before it is dropped", $"{dropped.Count} entries of {next.Name}");
    }
}
