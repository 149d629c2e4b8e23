using System.Text.Json.Nodes;

namespace Sluice.Sandbox.Tests.ApiServer;

/// <summary>
/// Discovery compared by what clients read from it: every resource that the recorded server offers and the sandbox claims must be there with the same
/// scope, kind, verbs and short names. The recorded server lacks kinds that a cluster has, and has categories that a cluster lacks.
/// </summary>
internal static class DiscoveryComparison
{
    // Webhooks and policies that mutate are left out of the sandbox; see the list of omissions.
    private static readonly string[] Omitted =
        ["mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations", "validatingwebhookconfigurations"];

    public static string? Difference(JsonNode? expected, JsonNode? actual) => expected switch
    {
        JsonObject json when json.ContainsKey("resources") => Resources(json, actual!, "name"),
        JsonObject json when json.ContainsKey("items") => Aggregated(json, actual!),
        JsonObject json when json.ContainsKey("paths") && !json.ContainsKey("openapi") => Paths(json, actual!),
        JsonObject json when json.ContainsKey("groups") => Groups(json, actual!),
        JsonObject json when json.ContainsKey("versions") => JsonNode.DeepEquals(json["versions"], actual!["versions"]) ? null : "versions differ",
        JsonObject json when json.ContainsKey("gitVersion") => json["minor"]!.ToString() == actual!["minor"]!.ToString() ? null : "version differs",
        _ => new TranscriptComparison().Difference(expected, actual),
    };

    private static string? Groups(JsonObject expected, JsonNode actual) => expected["groups"]!.AsArray().FirstOrDefault(group =>
        !actual["groups"]!.AsArray().Any(found => found!["name"]!.ToString() == group!["name"]!.ToString() && JsonNode.DeepEquals(found["versions"], group["versions"]))) is { } missing
            ? $"group {missing["name"]} is missing or differs"
            : null;

    private static string? Aggregated(JsonObject expected, JsonNode actual)
    {
        if (expected["apiVersion"]!.ToString() != actual["apiVersion"]!.ToString()) return "apiVersion differs";
        foreach (var group in expected["items"]!.AsArray())
        {
            var name = group!["metadata"]!["name"]?.ToString();
            var found = actual["items"]!.AsArray().FirstOrDefault(item => item!["metadata"]!["name"]?.ToString() == name);
            if (found is null) return $"group {name} is missing";
            foreach (var version in group["versions"]!.AsArray())
            {
                var same = found["versions"]!.AsArray().FirstOrDefault(item => item!["version"]!.ToString() == version!["version"]!.ToString());
                if (same is null) return $"{name}/{version!["version"]} is missing";
                if (Resources(version!, same, "resource") is { } difference) return difference;
            }
        }

        return null;
    }

    private static string? Resources(JsonNode expected, JsonNode actual, string key)
    {
        foreach (var resource in expected["resources"]!.AsArray())
        {
            var name = resource![key]!.ToString();
            if (Omitted.Contains(name)) continue;
            var found = actual["resources"]!.AsArray().FirstOrDefault(item => item![key]!.ToString() == name);
            if (found is null) return $"resource {name} is missing";
            foreach (var part in (string[])["namespaced", "scope", "kind", "singularName", "singularResource", "shortNames", "group", "version"])
            {
                if (resource[part] is { } recorded && !JsonNode.DeepEquals(recorded, found[part])) return $"{name}.{part}: was {found[part]?.ToJsonString()}";
            }

            var verbs = resource["verbs"]!.AsArray().Select(verb => verb!.ToString()).Order(StringComparer.Ordinal);
            if (!verbs.SequenceEqual(found["verbs"]!.AsArray().Select(verb => verb!.ToString()).Order(StringComparer.Ordinal))) return $"{name}: verbs differ";
        }

        return null;
    }

    // Documents of a group as a whole (apis/apps) hold no resources; no client of ours reads them.
    private static string? Paths(JsonObject expected, JsonNode actual) => expected["paths"]!.AsObject()
        .Select(path => path.Key)
        .Where(path => path == "api/v1" || path.Count(c => c == '/') == 2)
        .FirstOrDefault(path => !actual["paths"]!.AsObject().ContainsKey(path)) is { } missing
            ? $"document {missing} is missing"
            : null;
}
