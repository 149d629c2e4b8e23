using System.Text.Json.Nodes;

namespace Sluice.TestSupport;

/// <summary>Who owns what of an object, as the API server has recorded it in <c>metadata.managedFields</c>.</summary>
public static class Ownership
{
    /// <summary>All that the operator may own of an object that a person wrote, besides its finalizer.</summary>
    private static readonly HashSet<string> TheOperators = ["f:status"];

    /// <summary>The list and its one entry.</summary>
    private static readonly HashSet<string> TheFinalizer = [".", "v:\"sluice.dev/rollout\""];

    /// <summary>The operator's manager; <c>sluice-1</c> and the like where a test runs several.</summary>
    public static bool IsTheOperators(string? manager) => manager == "sluice" || manager?.StartsWith("sluice-", StringComparison.Ordinal) == true;

    /// <summary>What the operator owns of a person's object and must not, such as <c>f:spec</c>; also when nobody owns anything, for then nothing is proven.</summary>
    public static IReadOnlyList<string> Violations(JsonNode item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var entries = item["metadata"]?["managedFields"]?.AsArray() ?? [];
        if (!entries.Any(entry => !IsTheOperators((string?)entry?["manager"]) && entry?["fieldsV1"]?["f:spec"] is not null)) return ["no other manager than the operator owns a spec"];

        return [.. entries
            .Where(entry => IsTheOperators((string?)entry?["manager"]))
            .SelectMany(entry => entry?["fieldsV1"]?.AsObject().Where(field => !TheOperators.Contains(field.Key) && !IsTheFinalizer(field.Key, field.Value)) ?? [])
            .Select(field => $"{field.Key}: {field.Value?.ToJsonString()}")];
    }

    private static bool IsTheFinalizer(string key, JsonNode? fields) =>
        key == "f:metadata" && fields is JsonObject { Count: 1 } metadata && metadata["f:finalizers"] is JsonObject entries && entries.All(entry => TheFinalizer.Contains(entry.Key));
}
