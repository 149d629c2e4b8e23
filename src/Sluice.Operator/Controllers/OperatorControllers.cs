using Microsoft.Extensions.Logging;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Controllers.Migrations;
using Sluice.Operator.Controllers.Rollouts;
using Sluice.Operator.Metrics;

namespace Sluice.Operator.Controllers;

/// <summary>The operator's controllers as data; production and the simulation run the same.</summary>
internal static class OperatorControllers
{
    public static IReadOnlyList<ControllerDefinition> Definitions(
        IClusterReader reader,
        IClusterWriter writer,
        IEventRecorder events,
        IMeasurements measurements,
        RolloutControllerOptions options,
        TimeProvider time,
        ILoggerFactory loggers) =>
    [
        new ControllerDefinition
        {
            Name = "rollout",
            Reconciler = new RolloutReconciler(
                new RolloutObserver(reader, measurements, options),
                new EffectExecutor(reader, writer, measurements),
                reader,
                writer,
                events,
                measurements,
                time,
                loggers.CreateLogger<RolloutReconciler>()),
            Watches =
            [
                WatchDefinition.For<Rollout>(),
                WatchDefinition.Owned<V1ReplicaSet>(Rollout.KindName),
                WatchDefinition.Owned<Release>(Rollout.KindName),
                WatchDefinition.Mapped<V1Pod>(pod => ByLabel(pod, Labels.Rollout)),
                WatchDefinition.Mapped<Migration>(migration => [new NamespacedName(migration.Metadata.Namespace ?? "", migration.Spec.Rollout)]),
            ],
            Keys = new MeasuredKeys(measurements),
        },
        new ControllerDefinition
        {
            Name = "migration",
            Reconciler = new MigrationReconciler(
                new MigrationObserver(reader), new MigrationExecutor(reader, writer), reader, writer, events, time, loggers.CreateLogger<MigrationReconciler>()),
            Watches =
            [
                WatchDefinition.Mapped<Migration>(migration => SharingTheLock(reader, migration)),
                WatchDefinition.Owned<V1Job>(Migration.KindName),
                WatchDefinition.Mapped<V1Pod>(pod => ByLabel(pod, Labels.Migration)),
                WatchDefinition.Mapped<Rollout>(rollout => UnfinishedOf(reader, rollout)),
            ],
        },
    ];

    private static IEnumerable<NamespacedName> ByLabel(V1Pod pod, string label) =>
        pod.Metadata.Label(label) is { } name ? [new NamespacedName(pod.Metadata.Namespace ?? "", name)] : [];

    /// <summary>A Migration concerns itself and those that wait for the same lock, which it may just have given back.</summary>
    private static IEnumerable<NamespacedName> SharingTheLock(IClusterReader reader, Migration migration) =>
        reader.List<Migration>(migration.Metadata.Namespace ?? "", new Dictionary<string, string>())
            .Where(other => other.Spec.Lock == migration.Spec.Lock && other.Status?.State == MigrationState.WaitingForLock)
            .Select(other => NamespacedName.Of(other))
            .Append(NamespacedName.Of(migration));

    private static IEnumerable<NamespacedName> UnfinishedOf(IClusterReader reader, Rollout rollout) =>
        reader.List<Migration>(rollout.Metadata.Namespace ?? "", new Dictionary<string, string> { [Labels.Rollout] = rollout.Metadata.Name ?? "" })
            .Where(migration => !Engine.Migrations.MigrationEngine.IsTerminal(migration.Status?.State))
            .Select(migration => NamespacedName.Of(migration));

    /// <summary>A Rollout is due when one of its measurements has been answered.</summary>
    private sealed class MeasuredKeys(IMeasurements measurements) : IKeySource
    {
        public void Subscribe(Action<NamespacedName> due) => measurements.Subscribe(rollout => due(new NamespacedName(rollout.Namespace, rollout.Name)));
    }
}
