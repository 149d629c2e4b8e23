using System.Text.Json;
using Sluice.Api;
using Sluice.Engine.Observed;
using Sluice.Engine.Plans;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Rollouts.Traffic;
using Sluice.Operator.Controllers.Rollouts.Workloads;
using Sluice.Operator.Identity;
using Sluice.Operator.Metrics;

namespace Sluice.Operator.Controllers.Rollouts;

/// <summary>
/// Gathers everything that a decision rests on. Reads come from the watch cache; what the status speaks of and the cache does not show is read live, and so are
/// the ReplicaSets where pods are about to be moved.
/// </summary>
internal sealed class RolloutObserver(IClusterReader reader, IMeasurements measurements, IIdentityProof identity, RolloutControllerOptions options, TimeProvider time)
{
    private readonly TrafficObserver traffic = new(reader);
    private readonly CheckObserver checks = new(reader, time);
    private readonly ContractLocks contracts = new(reader);
    private readonly SharedRoutes shared = new(reader);
    private readonly WorkloadObserver workload = new(reader);
    private readonly SharedWorkloads workloads = new(reader);

    /// <summary>The Rollout is gone.</summary>
    public void Forget(NamespacedName rollout) => workload.Forget(rollout);

    public async Task<Snapshot> ObserveAsync(Rollout rollout, Freshness known, CancellationToken ct)
    {
        var key = NamespacedName.Of(rollout);
        var labels = new Dictionary<string, string> { [Labels.Rollout] = key.Name };
        var status = rollout.Status;

        // "This is the first deployment" rests on an absence.
        var isFirst = status is not { Stable: not null } and not { Release: not null };
        var allSets = known.Pods || isFirst ? await reader.ListLiveAsync<V1ReplicaSet>(key.Namespace, labels, ct) : reader.List<V1ReplicaSet>(key.Namespace, labels);
        var allReleases = isFirst ? await reader.ListLiveAsync<Release>(key.Namespace, labels, ct) : reader.List<Release>(key.Namespace, labels);
        if (known.Pods && !isFirst && Orphans.Among([], allReleases, key.Name).Count > 0) allReleases = await reader.ListLiveAsync<Release>(key.Namespace, labels, ct);
        var sets = allSets.Where(IsOurs).ToList();
        var releases = allReleases.Where(IsOurs).ToList();
        var migrations = await MigrationsAsync(key, status, isLive: isFirst || known.Migrations, ct);

        foreach (var revision in RevisionsInUse(status).Where(revision => !known.Pods && !sets.Exists(set => RevisionOf(set) == revision)))
        {
            var found = await reader.GetLiveAsync<V1ReplicaSet>(new NamespacedName(key.Namespace, ObjectNames.ReplicaSet(key.Name, revision)), ct);
            if (found is not null && IsOurs(found)) sets.Add(found);
        }

        if (status?.Release is { Name: { Length: > 0 } name } && !releases.Exists(release => release.Metadata.Name == name))
        {
            var found = await reader.GetLiveAsync<Release>(new NamespacedName(key.Namespace, name), ct);
            if (found is not null) releases.Add(found);
        }

        var pods = (known.EachPod ? await reader.ListLiveAsync<V1Pod>(key.Namespace, labels, ct) : reader.List<V1Pod>(key.Namespace, labels)).ToLookup(pod => pod.Metadata.ControllerOwner()?.Uid);
        var record = releases.Find(release => release.Metadata.Name == status?.Release?.Name);
        var templates = await AnalysisTemplates.FindAsync(reader, rollout, ct);
        var analysis = ResolvedAnalysis.Of(rollout.Spec.Analysis, templates);
        return new Snapshot
        {
            Rollout = rollout,
            ReplicaSets = [.. sets.OrderBy(set => set.Metadata.CreationTimestamp).ThenBy(set => set.Metadata.Name, StringComparer.Ordinal).Select(set => ReplicaSetReader.Read(set, pods[set.Metadata.Uid]))],
            Orphans = Orphans.Among(allSets, allReleases, key.Name),
            Releases = [.. releases.OrderBy(release => release.Spec.Number)],
            Migrations = migrations,
            ContractHolder = await contracts.HolderAsync(rollout, record, migrations, sets, ct),
            Checks = await checks.ObserveAsync(rollout, known, ct),
            Decisions = await DecisionsAsync(key, status, ct),
            Identity = identity.Current,
            Measurements = MeasurementMapping.Newest(measurements.Latest(rollout.Metadata.Uid ?? ""), status?.Release),
            Templates = templates,
            SpecSource = MetricSourceChecks.Check(measurements, analysis, key.Namespace),
            ReleaseSource = MetricSourceChecks.Check(measurements, record?.Spec.Analysis is { } recorded ? ResolvedAnalysis.Recorded(recorded) : analysis, key.Namespace),
            Traffic = await traffic.ObserveAsync(rollout, record, ct),
            FormerSides = await traffic.FormerAsync(rollout, record, ct),
            RouteErrors = shared.ErrorsOf(rollout),
            Deployment = await workload.ObserveAsync(rollout, known, ct),
            WorkloadErrors = workloads.ErrorsOf(rollout),
            ChangedBy = SpecWriter.Of(rollout.Metadata),
            ProgressInterval = options.ProgressInterval,
        };

        bool IsOurs(IKubernetesObject item) => item.Metadata.ControllerOwner()?.Uid == rollout.Metadata.Uid;
    }

    /// <summary>The Migrations of the Rollout, and of one of its name before it; that the one is missing which the status waits for is confirmed by a live read.</summary>
    private async Task<IReadOnlyList<Migration>> MigrationsAsync(NamespacedName key, RolloutStatus? status, bool isLive, CancellationToken ct)
    {
        var labels = new Dictionary<string, string> { [Labels.Rollout] = key.Name };
        var migrations = (isLive ? await reader.ListLiveAsync<Migration>(key.Namespace, labels, ct) : reader.List<Migration>(key.Namespace, labels)).ToList();
        if (AskedFor(status?.Release) is { } asked && !migrations.Exists(migration => migration.Metadata.Name == asked))
        {
            var found = await reader.GetLiveAsync<Migration>(new NamespacedName(key.Namespace, asked), ct);
            if (found is not null) migrations.Add(found);
        }

        return migrations;
    }

    /// <summary>
    /// Those without an answer. One that the status does not know rests on two absences: it is read live, so that none whose answer the cache has not seen,
    /// and the status has forgotten, is applied again. They come in the order of their creation: times have whole seconds, and within one it is that of the versions,
    /// which grow with each write (KEP-5504), and not that of names, which are random with <c>generateName</c>.
    /// </summary>
    private async Task<IReadOnlyList<Decision>> DecisionsAsync(NamespacedName key, RolloutStatus? status, CancellationToken ct)
    {
        var open = new List<Decision>();
        foreach (var cached in OpenDecisions.Cached(reader, key))
        {
            var isKnown = status?.Decisions.Any(answer => answer.Uid == cached.Metadata.Uid) == true;
            if ((isKnown ? cached : await OpenDecisions.ConfirmAsync(reader, cached, ct)) is { } decision) open.Add(decision);
        }

        return
        [
            .. open.OrderBy(decision => decision.Metadata.CreationTimestamp)
                .ThenBy(decision => decision.Metadata.ResourceVersion?.Length ?? 0)
                .ThenBy(decision => decision.Metadata.ResourceVersion, StringComparer.Ordinal)
                .ThenBy(decision => decision.Metadata.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The Migration that the committed status waits for.</summary>
    private static string? AskedFor(ReleaseProgress? release) => release switch
    {
        { Stage: Stage.Expanding } => ObjectNames.Migration(release.Name, MigrationPhase.Expand),
        { Stage: Stage.Contracting } => release.Migration?.Contract?.Migration,
        { Stage: Stage.Undoing } => release.Migration?.Undo?.Migration,
        _ => null,
    };

    private static string? RevisionOf(V1ReplicaSet set) => set.Metadata.Label(Labels.Revision);

    /// <summary>Revisions whose ReplicaSet must exist by now, as the committed status has it.</summary>
    private static IEnumerable<string> RevisionsInUse(RolloutStatus? status) =>
        new[]
        {
            status?.Stable?.Revision,
            status?.Release is { Stage: not (Stage.Pending or Stage.Expanding) } release ? release.Revision : null,
            status?.Release?.PreviousRevision,
        }.OfType<string>().Where(revision => revision.Length > 0).Distinct();
}
