using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Simulation.World;

/// <summary>What must hold after every write that reaches the API server.</summary>
internal sealed class Invariants(ReleaseWorld world)
{
    /// <summary>Writes of the operator so far; events apart.</summary>
    public long Writes { get; private set; }

    public void Check(CommittedWrite write)
    {
        if (write.UserAgent?.StartsWith("sluice", StringComparison.Ordinal) != true) return;

        Writes++;
        switch (write.Resource)
        {
            case "rollouts":
                CheckRollout(write);
                break;
            case "replicasets":
                CheckMigrationFirst(write);
                CheckStrength(write);
                break;
            case "jobs":
                CheckJobs();
                break;
        }
    }

    /// <summary>No write outside status; a FAIL is never taken back.</summary>
    private static void CheckRollout(CommittedWrite write)
    {
        JsonNode.DeepEquals(write.Before?["spec"], write.After["spec"]).ShouldBeTrue("the operator never writes a spec");
        JsonNode.DeepEquals(write.Before?["metadata"]?["labels"], write.After["metadata"]?["labels"]).ShouldBeTrue("nor labels");
        var before = (string?)write.Before?["status"]?["release"]?["verdict"];
        var after = write.After["status"]?["release"];
        if (before == "Fail" && after is not null && (string?)after["name"] == (string?)write.Before?["status"]?["release"]?["name"])
        {
            ((string?)after["verdict"]).ShouldBe("Fail", "a FAIL is never taken back");
        }
    }

    /// <summary>No canary pod before the expand migration of its release is recorded as done.</summary>
    private void CheckMigrationFirst(CommittedWrite write)
    {
        var release = world.Release;
        var revision = (string?)write.After["metadata"]?["labels"]?[Labels.Revision];
        if (release is null || revision != release.Revision || (int?)write.After["spec"]?["replicas"] is not > 0) return;

        var migration = world.Migrations.FirstOrDefault(candidate => candidate.Spec.Release == release.Name);
        if (world.Releases.FirstOrDefault(record => record.Metadata.Name == release.Name)?.Spec.Migration is not null)
        {
            (migration?.Status?.State).ShouldBeOneOf([MigrationState.Succeeded, MigrationState.Skipped], "no canary pod before its expand migration is done");
        }
    }

    /// <summary>A scale-down leaves replicas − maxUnavailable available pods, if they were there.</summary>
    private void CheckStrength(CommittedWrite write)
    {
        var before = (int?)write.Before?["spec"]?["replicas"] ?? 0;
        var after = (int?)write.After["spec"]?["replicas"] ?? 0;
        if (write.Before is null || after >= before || world.MinAvailable is not { } minimum) return;

        var name = (string?)write.After["metadata"]?["name"];
        var sets = world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace, (Labels.Rollout, ReleaseWorld.Name));
        var others = sets.Where(set => set.Metadata.Name != name).Sum(set => Math.Min(set.Status?.AvailableReplicas ?? 0, set.Spec?.Replicas ?? 0));
        var own = sets.FirstOrDefault(set => set.Metadata.Name == name);
        var available = own?.Status?.AvailableReplicas ?? 0;
        var unavailable = (own?.Status?.Replicas ?? 0) - available;
        var left = others + Math.Min(available, available - Math.Max(0, before - after - unavailable));
        var had = others + available;
        left.ShouldBeGreaterThanOrEqualTo(Math.Min(minimum, had), $"{name} was scaled from {before} to {after} with {had} pods available in all");
    }

    /// <summary>One Job per key and attempt, and one live Job per lock.</summary>
    private void CheckJobs()
    {
        var live = world.Cluster.List<V1Job>(ReleaseWorld.Namespace)
            .Where(job => job.Status?.Conditions?.Any(condition => condition is { Type: "Complete" or "Failed", Status: "True" }) != true && job.Metadata.DeletionTimestamp is null)
            .Select(job => world.Migrations.FirstOrDefault(migration => migration.Metadata.Name == job.Metadata.Label(Labels.Migration))?.Spec.Lock)
            .GroupBy(name => name)
            .Where(group => group.Count() > 1);
        live.ShouldBeEmpty("at most one live Job per lock");
    }
}
