using System.Text.Json.Nodes;
using Sluice.Kubernetes.Client;

namespace Sluice.Sandbox.Cluster;

/// <summary>The resources that the API server serves at the moment, each in its group's preferred version, as far as they can be listed and deleted.</summary>
internal sealed class ResourceCatalog(IRawApi api, TimeProvider time)
{
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
        await AddAsync(found, "", "v1", "/api/v1", ct);
        var groups = await api.SendAsync(RawRequest.Get("/apis"), ct);
        foreach (var group in (groups?["groups"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var groupVersion = (string?)group["preferredVersion"]?["groupVersion"];
            if (groupVersion is null) continue;
            await AddAsync(found, (string?)group["name"] ?? "", groupVersion[(groupVersion.IndexOf('/', StringComparison.Ordinal) + 1)..], $"/apis/{groupVersion}", ct);
        }

        (_known, _readAt) = (found, time.GetUtcNow());
        return found;
    }

    public static string GroupOf(string? apiVersion) =>
        apiVersion?.IndexOf('/', StringComparison.Ordinal) is { } slash and >= 0 ? apiVersion[..slash] : "";

    private KubernetesResource? Find(string group, string kind) => _known.FirstOrDefault(resource => resource.Group == group && resource.Kind == kind);

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

        foreach (var resource in (list?["resources"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = (string?)resource["name"] ?? "";
            var verbs = (resource["verbs"] as JsonArray ?? []).Select(verb => (string?)verb).ToList();
            if (name.Contains('/', StringComparison.Ordinal) || !verbs.Contains("list") || !verbs.Contains("delete")) continue;
            found.Add(new KubernetesResource(group, version, (string?)resource["kind"] ?? "", name, (bool?)resource["namespaced"] == true));
        }
    }
}
