using Microsoft.Extensions.Logging;
using Sluice.Api;
using Sluice.Engine.Decisions;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Migrations;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Operator.Controllers.Rollouts.Traffic;
using Sluice.Operator.Controllers.Rollouts.Workloads;
using Sluice.Operator.Identity;
using Sluice.Operator.Metrics;

namespace Sluice.Operator.Controllers;

/// <summary>The operator's controllers as data; production and the simulation run the same.</summary>
internal static class OperatorControllers
{
    /// <summary>When faults stop, a release goes on within the 60 s that are promised for it: Kubernetes' default could sleep for a quarter of an hour.</summary>
    private static readonly KeyBackoff Backoff = new(TimeSpan.FromSeconds(30));

    public static IReadOnlyList<ControllerDefinition> Definitions(
        IClusterReader reader,
        IClusterWriter writer,
        IEventRecorder events,
        IMeasurements measurements,
        IIdentityProof identity,
        RolloutControllerOptions options,
        TimeProvider time,
        ILoggerFactory loggers) =>
    [
        new ControllerDefinition
        {
            Name = "rollout",
            Backoff = Backoff,
            Reconciler = new RolloutReconciler(
                new RolloutObserver(reader, measurements, identity, options, time),
                new EffectExecutor(reader, writer, events, measurements),
                new StrayDecisions(reader, writer, events, time),
                reader,
                writer,
                events,
                measurements,
                time,
                loggers.CreateLogger<RolloutReconciler>()),
            Watches =
            [
                WatchDefinition.For<Rollout>(StatusWasLost),
                new SharedRouteWatch(new SharedRoutes(reader)),
                new SharedWorkloadWatch(new SharedWorkloads(reader)),
                WatchDefinition.Mapped<V1Deployment>(deployment =>
                    new SharedWorkloads(reader).UsersOf(deployment.Metadata.Namespace, deployment.Metadata.Name).Select(rollout => NamespacedName.Of(rollout))),
                WatchDefinition.Owned<V1ReplicaSet>(Rollout.KindName),
                WatchDefinition.Owned<Release>(Rollout.KindName),
                WatchDefinition.Mapped<V1Pod>(pod => ByLabel(pod, Labels.Rollout).Concat(ByLabel(pod, Labels.Checks))),
                WatchDefinition.Mapped<V1Job>(job => ByLabel(job, Labels.Checks)),
                WatchDefinition.Mapped<Migration>(migration => [new NamespacedName(migration.Metadata.Namespace ?? "", migration.Spec.Rollout)]),
                WatchDefinition.Mapped<AnalysisTemplate>(template => AnalysisTemplates.UsersOf(reader, template)),
                WatchDefinition.Mapped<Decision>(decision => [new NamespacedName(decision.Metadata.Namespace ?? "", decision.Spec.Rollout)]),
            ],
            Keys = new DueKeys(reader, measurements, identity),
        },
        new ControllerDefinition
        {
            Name = "migration",
            Backoff = Backoff,
            Reconciler = new MigrationReconciler(
                new MigrationObserver(reader, time), new MigrationExecutor(reader, writer), reader, writer, events, time, loggers.CreateLogger<MigrationReconciler>()),
            Watches =
            [
                WatchDefinition.Mapped<Migration>(migration => SharingTheLock(reader, migration)),
                WatchDefinition.Owned<V1Job>(Migration.KindName),
                WatchDefinition.Mapped<V1Pod>(pod => ByLabel(pod, Labels.Migration)),
                WatchDefinition.Mapped<Rollout>(rollout => UnfinishedOf(reader, rollout)),
                WatchDefinition.Mapped<Decision>(decision => Overridden(reader, decision)),
            ],
        },
    ];

    /// <summary>Somebody has taken the status away: the operator itself never reports an older generation than before.</summary>
    private static bool StatusWasLost(Rollout old, Rollout current) => (current.Status?.ObservedGeneration ?? -1) < (old.Status?.ObservedGeneration ?? -1);

    private static IEnumerable<NamespacedName> ByLabel(IKubernetesObject item, string label) =>
        item.Metadata.Label(label) is { } name ? [new NamespacedName(item.Metadata.Namespace ?? "", name)] : [];

    /// <summary>A Migration concerns itself, those that wait for the same lock, which it may just have given back, and what it takes back.</summary>
    private static IEnumerable<NamespacedName> SharingTheLock(IClusterReader reader, Migration migration) =>
        reader.List<Migration>(migration.Metadata.Namespace ?? "")
            .Where(other => (other.Spec.Lock == migration.Spec.Lock && other.Status?.State == MigrationState.WaitingForLock)
                || (migration.Spec.Undoes == other.Spec.Key && other.Spec.Phase == MigrationPhase.Expand && other.Spec.Rollout == migration.Spec.Rollout))
            .Select(other => NamespacedName.Of(other))
            .Append(NamespacedName.Of(migration));

    private static IEnumerable<NamespacedName> UnfinishedOf(IClusterReader reader, Rollout rollout) =>
        reader.List<Migration>(rollout.Metadata.Namespace ?? "", new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "" })
            .Where(migration => !Engine.Migrations.MigrationEngine.IsTerminal(migration.Status?.State))
            .Select(migration => NamespacedName.Of(migration));

    /// <summary>The Migration that an Override is about; of a lock, those that have taken it and not given it back.</summary>
    private static IEnumerable<NamespacedName> Overridden(IClusterReader reader, Decision decision)
    {
        var (ns, subject) = (decision.Metadata.Namespace ?? "", decision.Spec.Subject ?? "");
        if (subject.StartsWith(Subjects.Migration, StringComparison.Ordinal)) return [new NamespacedName(ns, subject[Subjects.Migration.Length..])];
        if (!subject.StartsWith(Subjects.Lock, StringComparison.Ordinal)) return [];

        return reader.List<Migration>(ns)
            .Where(migration => migration.Spec.Lock == subject[Subjects.Lock.Length..] && migration.Status?.Lock is { AcquiredAt: not null, ReleasedAt: null })
            .Select(migration => NamespacedName.Of(migration));
    }

    /// <summary>A Rollout is due when one of its measurements has been answered; all of them are when it is known anew whether Decisions are proven.</summary>
    private sealed class DueKeys(IClusterReader reader, IMeasurements measurements, IIdentityProof identity) : IKeySource
    {
        public void Subscribe(Action<NamespacedName> due)
        {
            measurements.Subscribe(rollout => due(new NamespacedName(rollout.Namespace, rollout.Name)));
            identity.Subscribe(() =>
            {
                foreach (var rollout in reader.List<Rollout>("")) due(NamespacedName.Of(rollout));
            });
        }
    }
}
