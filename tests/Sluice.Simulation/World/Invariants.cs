using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Kubernetes.Models;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.TestSupport;

namespace Sluice.Simulation.World;

/// <summary>What must hold after every write of the operator that reaches the API server.</summary>
internal sealed class Invariants(ReleaseWorld world)
{
    private static readonly HashSet<string> OwnResources = ["rollouts", "releases", "migrations", "replicasets", "jobs", "leases", "decisions", "httproutes", "virtualservices", "services"];

    private readonly RecordInvariants records = new(world);
    private readonly HashSet<string> jobs = [];
    private readonly HashSet<string> applied = [];

    /// <summary>Writes of the operator so far; events apart.</summary>
    public long Writes { get; private set; }

    public StatusHistory Statuses { get; } = new();

    public void Check(CommittedWrite write)
    {
        world.Rights.Refused.ShouldBeEmpty("config/rbac/operator.yaml does not grant what the operator does");
        var isTheOperators = Ownership.IsTheOperators(write.UserAgent);
        if (write.Resource == "rollouts") Statuses.Note(write, isTheOperators);
        if (!isTheOperators)
        {
            ForgetWithItsRecord(write);
            return;
        }

        Writes++;
        OwnResources.ShouldContain(write.Resource, "the operator writes nothing that is not its own");
        records.Check(write);
        world.Traffic.Check(write);
        switch (write.Resource)
        {
            case "rollouts":
                CheckRollout(write);
                break;
            case "replicasets":
                CheckOwner(write);
                CheckRaise(write);
                CheckStrength(write);
                break;
            case "migrations":
                CheckAttempts(write);
                break;
            case "decisions":
                CheckAnswer(write);
                break;
            case "jobs":
                CheckJob(write);
                CheckLocks();
                break;
        }
    }

    /// <summary>A person who deletes the record of a migration has it run again, as the operator tells; its Jobs then have the same names.</summary>
    private void ForgetWithItsRecord(CommittedWrite write)
    {
        if (write is not { Resource: "migrations", Type: WatchEventType.Deleted }) return;

        foreach (var attempt in write.After["status"]?["attempts"]?.AsArray() ?? [])
        {
            foreach (var run in (JsonNode?[])[attempt!["run"], attempt["verify"]]) jobs.Remove($"{write.Namespace}/{(string?)run?["job"]}");
        }
    }

    /// <summary>No write outside status; only declared changes of stage; a FAIL is never taken back, and no weight rises on the way back.</summary>
    private void CheckRollout(CommittedWrite write)
    {
        PersonsObjects.Check(write);
        var before = write.Before?["status"]?["release"];
        var after = write.After["status"]?["release"];
        StageTransitions.ShouldAllow(before, after);
        CheckConditions(write.After["status"]!);
        CheckDecisions(write);
        if (before is null || after is null || (string?)before["name"] != (string?)after["name"]) return;

        if ((string?)before["verdict"] == "Fail") ((string?)after["verdict"]).ShouldBe("Fail", "a FAIL is never taken back");
        if ((string?)after["stage"] == "RollingBack") ((int?)write.After["status"]?["canary"]?["weight"] ?? 0).ShouldBe(0, "no weight on the way back");
        CheckVerdicts(before, after);
        CheckGates(before, after);
    }

    /// <summary>An analysis step is left for the next one, or for the promotion, only with a PASS of every metric, by a person or by onInconclusive.</summary>
    private void CheckVerdicts(JsonNode before, JsonNode after)
    {
        var advanced = (string?)before["step"]?["kind"] == "Analysis" && (string?)after["stage"] is "Stepping" or "Promoting" && (int?)after["step"]?["index"] != (int?)before["step"]?["index"];
        if (!advanced || (string?)before["step"]?["kind"] != "Analysis" || Passed(before, after, "Continue", "PromoteFull")) return;

        var message = (string?)after["timeline"]?.AsArray()[^1]?["message"] ?? "";
        if (message.StartsWith("not proven", StringComparison.Ordinal)) return;

        after["analysis"]!.AsArray().ShouldNotBeEmpty("a promotion needs a verdict");
        after["analysis"]!.AsArray().Select(metric => (string?)metric!["verdict"]).ShouldAllBe(verdict => verdict == "Pass", "a step is left with a PASS of every metric");
    }

    /// <summary>A gate is left for the next step only by a Decision on this very gate and revision.</summary>
    private void CheckGates(JsonNode before, JsonNode after)
    {
        var advanced = (string?)before["step"]?["kind"] == "Gate" && (string?)after["stage"] is "Stepping" or "Promoting" && (int?)after["step"]?["index"] != (int?)before["step"]?["index"];
        if (advanced) Passed(before, after, "Approve", "Override", "PromoteFull").ShouldBeTrue("a gate is passed by a person's Decision");
    }

    /// <summary>Whether one of these actions was applied in this change, by a Decision that a person made on this very revision.</summary>
    private bool Passed(JsonNode before, JsonNode after, params string[] actions)
    {
        var (old, now) = (Names(before["decisions"]), after["decisions"]?.AsArray() ?? []);
        return now.Where(record => !old.Contains((string?)record!["name"])).Any(record =>
        {
            var decision = world.Decisions.FirstOrDefault(candidate => candidate.Metadata.Name == (string?)record!["name"]);
            return decision is not null && actions.Contains($"{decision.Spec.Action}") && decision.Spec.Revision == (string?)after["revision"];
        });
    }

    /// <summary>Each Decision is applied once at most, and what is recorded of it with a release is about that release and revision.</summary>
    private void CheckDecisions(CommittedWrite write)
    {
        var status = write.After["status"]!;
        var before = Names(write.Before?["status"]?["decisions"], "uid");
        foreach (var answer in (status["decisions"]?.AsArray() ?? []).Where(answer => !before.Contains((string?)answer!["uid"])))
        {
            var decision = world.Decisions.FirstOrDefault(candidate => candidate.Metadata.Uid == (string?)answer!["uid"]);
            if ((string?)answer!["state"] != "Applied" || decision is null) continue;

            applied.Add(decision.Metadata.Uid!).ShouldBeTrue($"{decision.Metadata.Name} is applied a second time");
            decision.Status?.State.ShouldBeNull("what is answered is not applied");
            var release = write.Before?["status"]?["release"] ?? write.Before?["status"]?["lastRelease"];
            if (decision.Spec.Release is { } named) named.ShouldBe((string?)release?["name"], "it is about this release");
            var held = (string?)write.Before?["status"]?["rolledBackTo"]?["heldRevision"];
            if (decision.Spec.Revision is { } revision) revision.ShouldBeOneOf([(string?)release?["revision"], held], "it is about this revision");
        }
    }

    /// <summary>An answer is written once, into the status alone, and is what the Rollout's status says.</summary>
    private void CheckAnswer(CommittedWrite write)
    {
        write.Subresource.ShouldBe("status", "of a Decision the operator writes the status alone");
        ((string?)write.Before?["status"]?["state"]).ShouldBeNull("an answer never changes");
        if (world.Cluster.Get<Rollout>(write.Namespace, (string?)write.After["spec"]!["rollout"] ?? "") is not { } rollout)
        {
            ((string?)write.After["status"]!["state"]).ShouldBe("Refused", "nothing can be applied where there is no Rollout");
            return;
        }

        var (uid, state) = ((string?)write.After["metadata"]!["uid"], (string?)write.After["status"]!["state"]);
        (rollout.Status?.Decisions ?? []).Any(answer => answer.Uid == uid && $"{answer.State}" == state).ShouldBeTrue("the effect is committed before the answer");
    }

    private static List<string?> Names(JsonNode? list, string field = "name") => [.. (list?.AsArray() ?? []).Select(item => (string?)item![field])];

    /// <summary>Phase and conditions say the same, in kstatus' words.</summary>
    private static void CheckConditions(JsonNode status)
    {
        var conditions = status["conditions"]!.AsArray().ToDictionary(condition => (string)condition!["type"]!, condition => $"{(string?)condition!["status"]} {(string?)condition["reason"]}");
        var (phase, ready, reconciling, stalled) = ((string?)status["phase"], conditions.GetValueOrDefault("Ready"), conditions.GetValueOrDefault("Reconciling"), conditions.GetValueOrDefault("Stalled"));
        var isHealthy = phase == "Healthy";
        var isStalled = phase == "Degraded" || stalled == "True InvalidSpec";
        ready.ShouldNotBeNull().ShouldStartWith(isHealthy ? "True" : "False");
        (reconciling is not null).ShouldBe(!isHealthy && !isStalled, $"Reconciling while {phase}");
        (stalled is not null).ShouldBe(isStalled, $"Stalled while {phase}");
        conditions.ShouldContainKey("Available");
    }

    private static void CheckOwner(CommittedWrite write) =>
        ((string?)write.After["metadata"]?["ownerReferences"]?[0]?["kind"]).ShouldBe(Rollout.KindName, "only ReplicaSets of a Rollout are written");

    /// <summary>More pods of a revision only where the committed status calls for them, and none before the expand migration of its release is recorded as done.</summary>
    private void CheckRaise(CommittedWrite write)
    {
        var replicas = (int?)write.After["spec"]?["replicas"] ?? 0;
        var before = write.Before is null ? 0 : (int?)write.Before["spec"]?["replicas"] ?? 0;
        var rollout = world.Cluster.Get<Rollout>(write.Namespace, (string?)write.After["metadata"]?["labels"]?[Labels.Rollout] ?? "");
        if (write.Type == WatchEventType.Deleted || replicas <= before || rollout?.Status is not { } status) return;

        var revision = (string?)write.After["metadata"]?["labels"]?[Labels.Revision];
        string?[] called = status.Release switch
        {
            null => [status.Stable?.Revision],
            { Stage: Stage.Pending or Stage.Finishing } => [],
            { Stage: Stage.Expanding or Stage.RollingBack } release => [release.PreviousRevision],
            { Stage: Stage.Soaking } release => [release.Revision],
            { } release => [release.Revision, release.PreviousRevision],
        };
        called.ShouldContain(revision, $"{write.Name} was raised from {before} to {replicas}, which the status ({status.Release?.Stage}) does not call for");
        if (status.Release is not { } flight || revision != flight.Revision || flight.Stage == Stage.Soaking) return;
        if (world.Releases.FirstOrDefault(record => record.Metadata.Name == flight.Name)?.Spec.Migration is null) return;

        var migration = world.Migrations.FirstOrDefault(candidate => candidate.Spec.Release == flight.Name);
        (migration?.Status?.State).ShouldBeOneOf([MigrationState.Succeeded, MigrationState.Skipped], "no canary pod before its expand migration is done");
    }

    /// <summary>A scale-down leaves replicas − maxUnavailable available pods, if they were there.</summary>
    private void CheckStrength(CommittedWrite write)
    {
        var before = (int?)write.Before?["spec"]?["replicas"] ?? 0;
        var after = (int?)write.After["spec"]?["replicas"] ?? 0;
        if (write.Before is null || after >= before || world.MinAvailable is not { } minimum) return;

        var sets = world.Cluster.List<V1ReplicaSet>(ReleaseWorld.Namespace, (Labels.Rollout, ReleaseWorld.Name));
        var others = sets.Where(set => set.Metadata.Name != write.Name).Sum(set => Math.Min(set.Status?.AvailableReplicas ?? 0, set.Spec?.Replicas ?? 0));
        var own = sets.FirstOrDefault(set => set.Metadata.Name == write.Name);
        var pods = own?.Status?.Replicas ?? 0;
        var available = own?.Status?.AvailableReplicas ?? 0;
        var left = others + Math.Max(0, available - Math.Max(0, Math.Max(0, pods - after) - (pods - available)));
        var had = others + Math.Min(available, before);
        left.ShouldBeGreaterThanOrEqualTo(Math.Min(minimum, had), $"{write.Name} was scaled from {before} to {after} with {had} pods available in all, {minimum} needed");
    }

    private static void CheckAttempts(CommittedWrite write)
    {
        var attempts = write.After["status"]?["attempts"]?.AsArray().Count ?? 0;
        attempts.ShouldBeLessThanOrEqualTo(((int?)write.After["spec"]?["retries"] ?? 0) + 1, "no more attempts than were asked for");
    }

    /// <summary>One Job per key and attempt, ever, and none for what is recorded as done.</summary>
    private void CheckJob(CommittedWrite write)
    {
        if (write.Type != WatchEventType.Added) return;

        jobs.Add($"{write.Namespace}/{write.Name}").ShouldBeTrue($"Job {write.Name} is created a second time");
        var migration = world.Migrations.First(candidate => candidate.Metadata.Name == (string?)write.After["metadata"]?["labels"]?[Labels.Migration]);
        migration.Status!.State.ShouldBe(write.Name.EndsWith("-verify", StringComparison.Ordinal) ? MigrationState.Verifying : MigrationState.Running, "a Job follows the intent");
        world.Migrations
            .Any(other => other.Spec.Rollout == migration.Spec.Rollout && other.Spec.Key == migration.Spec.Key && other.Status?.State is MigrationState.Succeeded or MigrationState.Unknown && other.Spec.Key == migration.Spec.Key && other.Spec.Rollout == migration.Spec.Rollout)
            .ShouldBeFalse("what is done, or may be, is not done again");
    }

    /// <summary>One live Job per lock.</summary>
    private void CheckLocks()
    {
        var live = world.Cluster.List<V1Job>(ReleaseWorld.Namespace)
            .Where(job => job.Status?.Conditions?.Any(condition => condition is { Type: "Complete" or "Failed", Status: "True" }) != true && job.Metadata.DeletionTimestamp is null)
            .Select(job => world.Migrations.FirstOrDefault(migration => migration.Metadata.Name == job.Metadata.Label(Labels.Migration))?.Spec.Lock)
            .GroupBy(name => name)
            .Where(group => group.Count() > 1);
        live.ShouldBeEmpty("at most one live Job per lock");
    }
}
