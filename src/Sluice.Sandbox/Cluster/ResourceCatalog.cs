using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;

namespace Sluice.Sandbox.Cluster;

/// <summary>The resources that the API server serves at the moment, each in its group's preferred version, as far as they can be listed and deleted.</summary>
internal sealed class ResourceCatalog(IRawApi api, TimeProvider time)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    // A kind that is asked for in vain is looked for anew, and not more often than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private IReadOnlyList<KubernetesResource> _known = [];
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>The resource of a kind; null when no such kind is served.</summary>
    public async Task<KubernetesResource?> FindAsync(string apiVersion, string kind, CancellationToken ct)
    {
        var group = GroupOf(apiVersion);
        if (Find(group, kind) is { } known) return known;
        if (time.GetUtcNow() - _readAt < Patience) return null;
        await ReadAsync(ct);
        return Find(group, kind);
    }

    public async Task<IReadOnlyList<KubernetesResource>> ReadAsync(CancellationToken ct)
    {
        var found = new List<KubernetesResource>();
        found.AddRange(await ReadAsync("/api", ct));
        found.AddRange(await ReadAsync("/apis", ct));
        (_known, _readAt) = (found, time.GetUtcNow());
        return found;
    }

    public static string GroupOf(string? apiVersion) =>
        apiVersion?.IndexOf('/', StringComparison.Ordinal) is { } slash and >= 0 ? apiVersion[..slash] : "";

    private KubernetesResource? Find(string group, string kind) => _known.FirstOrDefault(resource => resource.Group == group && resource.Kind == kind);

    /// <summary>All in one answer where the server can do that, which is also the only one that a server without aggregation lists custom resources in.</summary>
    private async Task<IReadOnlyList<KubernetesResource>> ReadAsync(string path, CancellationToken ct)
    {
        var answer = await api.SendAsync(RawRequest.Get(path) with { Accept = Aggregated }, ct);
        if ((string?)answer?["kind"] == "APIGroupDiscoveryList") return [.. Objects(answer, "items").SelectMany(Discovered)];

        var found = new List<KubernetesResource>();
        if (path == "/api") await AddAsync(found, "", "v1", "/api/v1", ct);
        foreach (var group in Objects(answer, "groups"))
        {
            if ((string?)group["preferredVersion"]?["groupVersion"] is not { } groupVersion) continue;
            await AddAsync(found, (string?)group["name"] ?? "", groupVersion[(groupVersion.IndexOf('/', StringComparison.Ordinal) + 1)..], $"/apis/{groupVersion}", ct);
        }

        return found;
    }

    /// <summary>The resources of a group's first version, which is the preferred one.</summary>
    private static IEnumerable<KubernetesResource> Discovered(JsonObject group)
    {
        var version = Objects(group, "versions").FirstOrDefault();
        return Objects(version, "resources").Where(IsListedAndDeleted).Select(resource => new KubernetesResource(
            (string?)group["metadata"]?["name"] ?? "",
            (string?)version!["version"] ?? "",
            (string?)resource["responseKind"]?["kind"] ?? "",
            (string?)resource["resource"] ?? "",
            (string?)resource["scope"] == "Namespaced"));
    }

    private async Task AddAsync(List<KubernetesResource> found, string group, string version, string path, CancellationToken ct)
    {
        JsonObject? list;
        try
        {
            list = await api.SendAsync(RawRequest.Get(path), ct);
        }
        catch (KubernetesException gone) when (gone.IsNotFound)
        {
            // The group went away between the two requests.
            return;
        }

        foreach (var resource in Objects(list, "resources").Where(IsListedAndDeleted))
        {
            var name = (string?)resource["name"] ?? "";
            if (name.Contains('/', StringComparison.Ordinal)) continue;
            found.Add(new KubernetesResource(group, version, (string?)resource["kind"] ?? "", name, (bool?)resource["namespaced"] == true));
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonObject? parent, string key) => (parent?[key] as JsonArray ?? []).OfType<JsonObject>();

    private static bool IsListedAndDeleted(JsonObject resource)
    {
        var verbs = (resource["verbs"] as JsonArray ?? []).Select(verb => (string?)verb).ToList();
        return verbs.Contains("list") && verbs.Contains("delete");
    }
}
