using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer;
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

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Metadata(JsonObject item) => item["metadata"]!.AsObject().Where(part => !Bookkeeping.Contains(part.Key));
}
