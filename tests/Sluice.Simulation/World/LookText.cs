using System.Globalization;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Kubernetes.Runtime;
using Sluice.Operator.Metrics;

namespace Sluice.Simulation.World;

/// <summary>What a reconcile saw, in one line.</summary>
internal static class LookText
{
    public static string Of(ReleaseWorld world, Look look) => look.Controller == "rollout" ? OfRollout(world, look) : OfMigration(world, look);

    private static string OfRollout(ReleaseWorld world, Look look)
    {
        var labels = new Dictionary<string, string> { [Labels.Rollout] = look.Key.Name };
        if (look.Reader.Get<Rollout>(look.Key) is not { } seen) return $"sees no Rollout {look.Key.Name}";

        var sets = look.Reader.List<V1ReplicaSet>(look.Key.Namespace, labels).Select(set => $"{set.Metadata.Name} {set.Status?.AvailableReplicas ?? 0}/{set.Spec?.Replicas}");
        var migrations = look.Reader.List<Migration>(look.Key.Namespace, labels).Select(migration => $"{migration.Metadata.Name} {migration.Status?.State}");
        var metrics = world.Prometheus.Latest(seen.Metadata.Uid ?? "").Select(result => $"{result.Request.Metric} {result.Request.Kind} {Text(result.Value)} at {result.FinishedAt:HH:mm:ss}");
        return $"sees {look.Key.Name}{Versions(seen, world.Cluster.Get<Rollout>(look.Key.Namespace, look.Key.Name))}, generation {seen.Metadata.Generation}; {Joined(sets)}; {Joined(migrations)}; {Joined(metrics)}";
    }

    private static string OfMigration(ReleaseWorld world, Look look)
    {
        if (look.Reader.Get<Migration>(look.Key) is not { } seen) return $"sees no Migration {look.Key.Name}";

        var jobs = look.Reader.List<V1Job>(look.Key.Namespace, new Dictionary<string, string> { [Labels.Migration] = look.Key.Name })
            .Select(job => $"{job.Metadata.Name} {job.Status?.Conditions?.FirstOrDefault(condition => condition.Status == "True")?.Type ?? "runs"}");
        return $"sees {look.Key.Name}{Versions(seen, world.Cluster.Get<Migration>(look.Key.Namespace, look.Key.Name))} {seen.Status?.State}; {Joined(jobs)}";
    }

    private static string Versions(IKubernetesObject seen, IKubernetesObject? live) =>
        seen.Metadata.ResourceVersion == live?.Metadata.ResourceVersion ? $" at version {seen.Metadata.ResourceVersion}" : $" at version {seen.Metadata.ResourceVersion} where {live?.Metadata.ResourceVersion ?? "none"} is stored";

    private static string Joined(IEnumerable<string> parts) => string.Join(", ", parts) is { Length: > 0 } text ? text : "none";

    private static string Text(MeasurementValue value) => value switch
    {
        MeasurementValue.Counts counts => string.Create(CultureInfo.InvariantCulture, $"{counts.CanaryErrors:0}/{counts.CanaryRequests:0} stable {counts.StableErrors:0}/{counts.StableRequests:0}"),
        MeasurementValue.Scalar scalar => scalar.Value.ToString("0.###", CultureInfo.InvariantCulture),
        MeasurementValue.History history => $"{history.Errors.Count} bins",
        MeasurementValue.NoData none => $"{none.Reason}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
