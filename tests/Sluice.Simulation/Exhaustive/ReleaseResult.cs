using Sluice.Api;
using Sluice.Engine.Migrations;
using Sluice.Kubernetes.Models;
using Sluice.Simulation.World;

namespace Sluice.Simulation.Exhaustive;

/// <summary>What a history has led to, in words that leave out when it happened.</summary>
internal static class ReleaseResult
{
    public static string Of(ReleaseWorld world)
    {
        var lines = new List<string>();
        foreach (var rollout in world.Cluster.List<Rollout>(ReleaseWorld.Namespace))
        {
            lines.Add($"{rollout.Metadata.Name}: {rollout.Status?.Phase}, stable {string.Join(' ', rollout.Status?.Stable?.Images ?? [])}");
            if (rollout.Status?.Restart is { } restart) lines.Add($"{rollout.Metadata.Name}: restart {(restart.FinishedAt is null ? "begun" : "finished")}");
            lines.AddRange(world.Releases.Where(release => release.Spec.Rollout == rollout.Metadata.Name).Select(release => $"{release.Metadata.Name}: {release.Status?.Outcome} {release.Status?.Reason}{string.Concat((release.Status?.Checks ?? []).Select(check => $", {check.Step}/{check.Name} {check.State}"))}"));
        }

        lines.AddRange(world.Migrations.Select(migration =>
            $"{migration.Metadata.Name}: {migration.Status?.State}, {string.Join(' ', (migration.Status?.Attempts ?? []).Select(attempt => $"run {attempt.Run?.ExitCode} verify {attempt.Verify?.ExitCode}"))}"));
        lines.AddRange(world.Cluster.List<V1Job>(ReleaseWorld.Namespace).Select(job => $"Job {(job.Metadata.Label(Labels.Check) is { } check ? $"of check {check}" : job.Metadata.Name)}"));
        lines.AddRange(world.Cluster.List<V1Lease>(ReleaseWorld.Namespace).Select(lease => $"{lease.Metadata.Name} held by '{lease.Spec?.HolderIdentity}'"));
        lines.AddRange(world.Cluster.List<V1Service>(ReleaseWorld.Namespace).Select(service => $"Service {service.Metadata.Name} selects {service.Spec?.Selector?.GetValueOrDefault(Labels.Revision)}"));
        lines.AddRange(world.Cluster.List<V1Deployment>(ReleaseWorld.Namespace).Select(deployment => $"Deployment {deployment.Metadata.Name} has {deployment.Status?.AvailableReplicas ?? 0} of {deployment.Spec?.Replicas}"));
        lines.AddRange(world.Cluster.List<V1Pod>(ReleaseWorld.Namespace)
            .Where(pod => pod.Metadata.DeletionTimestamp is null && pod.Metadata.Label(Labels.Rollout) is not null)
            .GroupBy(pod => pod.Spec?.Containers?[0].Image, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} pods of {group.Key}, {group.Count(pod => pod.IsReady())} ready"));
        return string.Join('\n', lines);
    }

    /// <summary>What of two results is only in the first, and only in the second.</summary>
    public static string Difference(string expected, string actual)
    {
        var (wanted, got) = (expected.Split('\n'), actual.Split('\n'));
        return string.Join('\n', [.. wanted.Except(got).Select(line => $"  missing: {line}"), .. got.Except(wanted).Select(line => $"  instead: {line}")]);
    }

    /// <summary>Every Rollout's last release has its outcome, nothing asks for another, and what people asked and what runs on a database has come to its end.</summary>
    public static bool IsReached(ReleaseWorld world) => world.Cluster.List<Rollout>(ReleaseWorld.Namespace).All(rollout =>
        rollout.Status is { Release: null, Phase: Phase.Healthy or Phase.Degraded } status && status.ObservedGeneration == rollout.Metadata.Generation)
        && world.Releases.All(release => release.Status?.Outcome is not null)
        && world.Decisions.All(decision => decision.Status?.State is not null)
        && world.Migrations.All(migration => MigrationEngine.IsTerminal(migration.Status?.State));
}
