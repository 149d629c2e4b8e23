using System.Text.Json.Nodes;

namespace Sluice.Sandbox.ApiServer.Apply;

/// <summary>Server-side apply: merges a manager's intent into an object and keeps account of who owns which field.</summary>
internal static class ServerSideApply
{
    /// <summary>Applies a configuration.</summary>
    /// <param name="live">The stored object; null when it does not exist yet. It is not changed.</param>
    /// <param name="applied">The manager's full intent. It is not changed.</param>
    /// <param name="options">Who applies, and how.</param>
    public static ApplyResult Apply(JsonObject? live, JsonObject applied, ApplyOptions options)
    {
        if (applied["metadata"] is JsonObject metadata && metadata.ContainsKey("managedFields"))
            return new ApplyResult.BadRequest("metadata.managedFields must be nil");

        var merged = live is null ? [] : live.DeepClone().AsObject();
        Merge(merged, applied);
        return new ApplyResult.Merged(ManagedFields.OnUpdate(live, merged, options.Manager, options.ApiVersion, options.Subresource, options.Schema, options.Now));
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (value is JsonObject nested && target[name] is JsonObject existing)
                Merge(existing, nested);
            else
                target[name] = value?.DeepClone();
        }
    }
}
