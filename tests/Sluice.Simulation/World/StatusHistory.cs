using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.TestSupport;

namespace Sluice.Simulation.World;

/// <summary>
/// What kstatus makes of a Rollout after every write: InProgress from the first moment of a change to its end, then Current or Failed, and neither of them too
/// early.
/// </summary>
internal sealed class StatusHistory
{
    private readonly List<(long Generation, Kstatus Status)> changes = [];

    /// <summary>Each change of what kstatus says of the Rollout <c>payments</c>, with the generation of the spec at that time.</summary>
    public IReadOnlyList<(long Generation, Kstatus Status)> Changes => changes;

    public void Note(CommittedWrite write, bool isTheOperators)
    {
        var item = write.After;
        var status = KstatusRules.Of(item);
        if (write.Type != WatchEventType.Deleted && write.Name == ReleaseWorld.Name) Add((Generation(item) ?? 0, status));
        if (status == Kstatus.Terminating) return;

        if (isTheOperators) CheckReport(item, status);
        else if (write.Before is null || Generation(write.Before) != Generation(item)) status.ShouldBe(Kstatus.InProgress, "a spec that nobody has looked at yet");
    }

    private static void CheckReport(JsonObject item, Kstatus status)
    {
        var reported = item["status"]!;
        var stalled = reported["conditions"]!.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == "Stalled");
        switch (status)
        {
            case Kstatus.Current:
                reported["release"].ShouldBeNull("Current while a release is in flight");
                ((string?)reported["stable"]?["revision"]).ShouldBe((string?)reported["revision"], "Current while another revision than the spec's is stable");
                var replicas = item["spec"]?["replicas"]?.ToJsonString();
                ((string?)reported["stable"]?["summary"]).ShouldBe($"{replicas}/{replicas}", "Current without all of its pods");
                break;
            case Kstatus.Failed when reported["release"] is not null:
                ((string?)stalled?["reason"]).ShouldBeOneOf(["InvalidSpec", "RollbackStuck", "InvalidRoute", "PodsUnavailable"], "Failed though the release goes on by itself");
                break;
        }
    }

    private static long? Generation(JsonObject item) =>
        item["metadata"]?["generation"] is { } generation ? long.Parse(generation.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private void Add((long Generation, Kstatus Status) change)
    {
        if (changes.Count == 0 || changes[^1] != change) changes.Add(change);
    }
}
