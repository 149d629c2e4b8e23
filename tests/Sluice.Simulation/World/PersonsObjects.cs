using System.Text.Json.Nodes;
using Sluice.Api;
using Sluice.Sandbox.ApiServer;
using Sluice.Sandbox.ApiServer.Storage;
using Sluice.TestSupport;

namespace Sluice.Simulation.World;

/// <summary>What a person (or Git) owns stays as it is: the operator's writes change nothing of it, and the API server's record of owners says the same.</summary>
internal static class PersonsObjects
{
    /// <summary>What the API server itself changes with every write.</summary>
    private static readonly HashSet<string> Bookkeeping = ["managedFields", "resourceVersion"];

    /// <summary>After a write of the operator to an object that a person wrote.</summary>
    public static void Check(CommittedWrite write)
    {
        if (IsHold(write)) return;

        write.Subresource.ShouldBe("status", $"of a person's {write.Resource} the operator writes the status alone");
        var before = write.Before ?? throw new InvalidOperationException($"the operator created {write.Resource} {write.Name}");
        foreach (var key in before.Select(part => part.Key).Union(write.After.Select(part => part.Key)).Where(key => key is not ("metadata" or "status")))
        {
            JsonNode.DeepEquals(before[key], write.After[key]).ShouldBeTrue($"the operator never writes {key}");
        }

        Metadata(before).Select(part => part.Key).ShouldBe(Metadata(write.After).Select(part => part.Key), ignoreOrder: true);
        foreach (var (key, value) in Metadata(before)) JsonNode.DeepEquals(value, write.After["metadata"]![key]).ShouldBeTrue($"the operator never writes metadata.{key}");
        Ownership.Violations(write.After).ShouldBeEmpty("the operator owns nothing of it but the status");
    }

    /// <summary>The finalizer by which the operator holds a Rollout comes or goes, and nothing else changes.</summary>
    private static bool IsHold(CommittedWrite write)
    {
        if (write.Resource != "rollouts" || write.Before is null) return false;

        // Ours was the last that held what is being deleted: it is gone, and has no new state.
        if (write.Type == WatchEventType.Deleted) return IsHeld(write.Before) && write.Before["metadata"]!["deletionTimestamp"] is not null;
        if (IsHeld(write.Before) == IsHeld(write.After)) return false;

        JsonNode.DeepEquals(WithoutHold(write.Before), WithoutHold(write.After)).ShouldBeTrue("with the finalizer nothing else of a Rollout is written");
        return true;
    }

    private static bool IsHeld(JsonObject item) => (item["metadata"]!["finalizers"] as JsonArray)?.Any(finalizer => (string?)finalizer == Finalizers.Rollout) == true;

    private static JsonNode WithoutHold(JsonObject item)
    {
        var copy = item.DeepClone();
        var metadata = copy["metadata"]!.AsObject();
        foreach (var key in Bookkeeping) metadata.Remove(key);
        List<string?> others = [.. (metadata["finalizers"] as JsonArray ?? []).Select(finalizer => (string?)finalizer).Where(finalizer => finalizer != Finalizers.Rollout)];
        metadata.Remove("finalizers");
        if (others.Count > 0) metadata["others"] = string.Join(' ', others);
        return copy;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Metadata(JsonObject item) => item["metadata"]!.AsObject().Where(part => !Bookkeeping.Contains(part.Key));
}
