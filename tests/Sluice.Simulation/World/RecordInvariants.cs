using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Operator.Metrics;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;

namespace Sluice.Simulation.World;

/// <summary>What the operator records must be so: results of migrations, evidence and verdicts, held against the cluster and the traffic as they are.</summary>
internal sealed class RecordInvariants(ReleaseWorld world)
{
    /// <summary>Counts are read at whole seconds.</summary>
    private const double Rounding = 0.5;

    public void Check(CommittedWrite write)
    {
        switch (write.Resource)
        {
            case "rollouts":
                CheckEvidence(write);
                break;
            case "migrations":
                CheckSuccess(write);
                break;
            case "jobs" when write.Type == WatchEventType.Added:
                CheckRepetition(write);
                break;
            case "releases" when write.Type == WatchEventType.Added:
                CheckOwner(write, Rollout.KindName);
                break;
        }
    }

    private static void CheckOwner(CommittedWrite write, string kind) =>
        ((string?)write.After["metadata"]?["ownerReferences"]?[0]?["kind"]).ShouldBe(kind, $"{write.Resource} belong to a {kind}");

    /// <summary>A success is recorded only of Jobs that are there and complete: one that was deleted unfinished has none, unless a person's Override declares it done.</summary>
    private void CheckSuccess(CommittedWrite write)
    {
        if ((string?)write.After["status"]?["state"] != "Succeeded" || (string?)write.Before?["status"]?["state"] == "Succeeded" || (string?)write.After["status"]?["reason"] == Reasons.Overridden) return;

        var attempt = write.After["status"]!["attempts"]!.AsArray()[^1]!;
        foreach (var run in (JsonNode?[])[attempt["run"], attempt["verify"]])
        {
            if ((string?)run?["job"] is not { } name) continue;
            var job = world.Cluster.Get<V1Job>(write.Namespace, name);
            (job?.Status?.Conditions?.Any(condition => condition is { Type: "Complete", Status: "True" }) == true).ShouldBeTrue($"{write.Name} is recorded as succeeded, but Job {name} is not complete");
        }
    }

    /// <summary>A command that may have written is started again only where its author says that this is safe.</summary>
    private void CheckRepetition(CommittedWrite write)
    {
        CheckOwner(write, Migration.KindName);
        var migration = world.Migrations.First(candidate => candidate.Metadata.Name == (string?)write.After["metadata"]?["labels"]?[Labels.Migration]);
        if (migration.Spec.Idempotent || write.Name.EndsWith("-verify", StringComparison.Ordinal)) return;

        world.Cluster.List<V1Pod>(write.Namespace, (Labels.Migration, migration.Metadata.Name!))
            .Where(pod => pod.Status?.ContainerStatuses?.Any(container => container.State?.Running is not null || container.State?.Terminated is not null) == true)
            .Select(pod => pod.Metadata.Name)
            .ShouldBeEmpty($"{migration.Metadata.Name} is not idempotent, and its command has run");
    }

    /// <summary>Every request is evidence once at most, and no verdict turns to PASS by an answer that was none.</summary>
    private void CheckEvidence(CommittedWrite write)
    {
        var (before, after) = (write.Before?["status"]?["release"], write.After["status"]?["release"]);
        if (after?["startedAt"] is not { } startedAt || after["analysis"] is not JsonArray metrics) return;

        var from = DateTimeOffset.Parse((string)startedAt!, System.Globalization.CultureInfo.InvariantCulture) - world.ClockError;
        var old = (before?["analysis"] as JsonArray ?? []).ToDictionary(metric => (string)metric!["name"]!, metric => (string?)metric!["verdict"]);
        foreach (var metric in metrics)
        {
            var name = (string)metric!["name"]!;
            var (requests, errors) = world.Prometheus.Traffic(write.Name, (string)after["revision"]!, from);
            ((double?)metric["requests"] ?? 0).ShouldBeLessThanOrEqualTo(requests + Rounding, $"{name} counts requests twice");
            ((double?)metric["errors"] ?? 0).ShouldBeLessThanOrEqualTo(errors + Rounding, $"{name} counts errors twice");
            if ((string?)metric["verdict"] != "Pass" || (old.TryGetValue(name, out var was) && was == "Pass")) continue;

            var newest = world.Prometheus.Latest((string)write.After["metadata"]!["uid"]!).Where(result => result.Request.Metric == name && result.Request.Kind == MeasurementKind.Running).MaxBy(result => result.FinishedAt);
            (newest?.Value is MeasurementValue.NoData).ShouldBeFalse($"{name} passes though Prometheus says nothing: {newest?.Value}");
        }
    }
}
