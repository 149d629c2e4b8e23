using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Resources;

namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>What clients ask first: version, health, groups, resources and their schemas.</summary>
internal sealed class Discovery(ResourceRegistry registry, OpenApiEndpoint openApi)
{
    private const string Aggregated = "as=APIGroupDiscoveryList";

    private static readonly string[] CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    /// <summary>The answer to a path that names no resource; null where nothing is served under it.</summary>
    public ApiResponse? Answer(ApiRequest request)
    {
        var isHealth = request.Path.StartsWith("/healthz", StringComparison.Ordinal) || request.Path.StartsWith("/livez", StringComparison.Ordinal)
            || request.Path.StartsWith("/readyz", StringComparison.Ordinal);
        var answer = Find(request);
        if (answer is not null && request.Path is "/api" or "/apis" && !IsAcceptable(request.Accept))
        {
            throw new ApiStatus(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml") { HasDetails = false }.ToException();
        }

        if (answer is null) return IsApi(request.Path) ? ApiResponse.Failure(ApiStatus.NoSuchResource()) : null;
        return request.IsWrite && !isHealth ? ApiResponse.Failure(ApiStatus.MethodNotAllowed()) : answer;
    }

    private static bool IsAcceptable(string accept) => accept.Length == 0 || accept.Split(',').Any(clause =>
        clause.Contains(Aggregated, StringComparison.Ordinal)
            ? AggregatedVersion(clause) is not null
            : clause.Split(';')[0].Trim() is "application/json" or "application/yaml" or "application/*" or "*/*");

    // A path under a version that Kubernetes knows is answered with a Status, even where nothing is.
    private bool IsApi(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["api", ..] => true,
        ["apis", var group, ..] => registry.All.Any(type => type.Group == group && !type.IsCustom),
        _ => false,
    };

    private ApiResponse? Find(ApiRequest request)
    {
        if (request.Path.Length > 1 && request.Path.EndsWith('/') && request.Path != "/apis/") return null;
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["version"] => ApiResponse.Json(200, Version()),
            ["healthz" or "livez" or "readyz"] or ["healthz" or "livez" or "readyz", "ping" or "etcd" or "log"] => ApiResponse.Text(200, "ok"),
            ["api"] => AggregatedVersion(request.Accept) is { } version ? Aggregate(version, core: true) : ApiResponse.Json(200, CoreVersions()),
            ["apis"] => AggregatedVersion(request.Accept) is { } version ? Aggregate(version, core: false) : ApiResponse.Json(200, Groups()),
            ["api", "v1"] => Resources("", "v1"),
            ["apis", var group] => Group(group),
            ["apis", var group, var version] => Resources(group, version),
            ["openapi", "v2"] => openApi.Whole(request),
            ["openapi", "v3"] => openApi.Index(),
            ["openapi", "v3", "api", var version] => openApi.Of("", version),
            ["openapi", "v3", "apis", var group, var version] => openApi.Of(group, version),
            _ => null,
        };
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "36",
        ["emulationMajor"] = "1",
        ["emulationMinor"] = "36",
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = "35",
        ["gitVersion"] = "v1.36.4+sluice-sandbox",
        ["gitCommit"] = "",
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = "linux/amd64",
    };

    // The version of the aggregated form that the client prefers: what it asks for is echoed.
    private static string? AggregatedVersion(string accept)
    {
        foreach (var clause in accept.Split(','))
        {
            if (!clause.Contains(Aggregated, StringComparison.Ordinal)) continue;
            if (clause.Contains("v=v2beta1", StringComparison.Ordinal)) return "v2beta1";
            if (clause.Split(';').Any(parameter => parameter.Trim() == "v=v2")) return "v2";
        }

        return null;
    }

    private ApiResponse Aggregate(string version, bool core)
    {
        var items = registry.GroupVersions().Where(group => group.Key.Length == 0 == core).Select(group => (JsonNode)new JsonObject
        {
            ["metadata"] = core ? new JsonObject() : new JsonObject { ["name"] = group.Key },
            ["versions"] = new JsonArray([.. group.Select(name => (JsonNode)new JsonObject
            {
                ["version"] = name,
                ["resources"] = new JsonArray([.. registry.Of(group.Key, name).Select(AggregatedResource)]),
                ["freshness"] = "Current",
            })]),
        });
        var list = new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/" + version,
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. items]),
        };
        return new ApiResponse(200, $"application/json;g=apidiscovery.k8s.io;v={version};{Aggregated}") { Body = list.ToUtf8Bytes() };
    }

    private static JsonNode AggregatedResource(ResourceType type)
    {
        var resource = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = ResponseKind(type.Group, type.Version, type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = Texts(Verbs(type)),
        };
        if (type.ShortNames.Count > 0) resource["shortNames"] = Texts(type.ShortNames);
        if (type.Categories.Count > 0) resource["categories"] = Texts(type.Categories);
        var subresources = Subresource.Of(type).Select(sub => (JsonNode)new JsonObject
        {
            ["subresource"] = sub.Name,
            ["responseKind"] = ResponseKind(sub.Group ?? type.Group, sub.Version ?? type.Version, sub.Kind),
            ["verbs"] = Texts(sub.Verbs),
        }).ToArray();
        if (subresources.Length > 0) resource["subresources"] = new JsonArray(subresources);
        return resource;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = "" }),
    };

    private JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. registry.GroupVersions().Where(group => group.Key.Length > 0).Select(group => (JsonNode)GroupJson(group))]),
    };

    private ApiResponse? Group(string name)
    {
        if (registry.GroupVersions().FirstOrDefault(group => group.Key == name && name.Length > 0) is not { } found) return null;
        var json = GroupJson(found);
        json.Insert(0, "apiVersion", "v1");
        json.Insert(0, "kind", "APIGroup");
        return ApiResponse.Json(200, json);
    }

    private static JsonObject GroupJson(IGrouping<string, string> group)
    {
        var versions = group.Select(version => (JsonNode)new JsonObject { ["groupVersion"] = $"{group.Key}/{version}", ["version"] = version }).ToArray();
        return new JsonObject { ["name"] = group.Key, ["versions"] = new JsonArray(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private ApiResponse? Resources(string group, string version)
    {
        var types = registry.Of(group, version);
        if (types.Count == 0) return null;
        var list = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0) list["apiVersion"] = "v1";
        list["groupVersion"] = types[0].ApiVersion;
        list["resources"] = new JsonArray([.. types.SelectMany(ResourceJson)]);
        return ApiResponse.Json(200, list);
    }

    private static IEnumerable<JsonNode> ResourceJson(ResourceType type)
    {
        var resource = Entry(type.Plural, type.Singular, type, type.Kind, Verbs(type));
        if (type.ShortNames.Count > 0) resource["shortNames"] = Texts(type.ShortNames);
        if (type.Categories.Count > 0) resource["categories"] = Texts(type.Categories);
        if (!type.IsReview) resource["storageVersionHash"] = StorageVersionHash(type);
        yield return resource;
        foreach (var sub in Subresource.Of(type))
        {
            var entry = Entry($"{type.Plural}/{sub.Name}", "", type, sub.Kind, sub.Verbs);
            if (sub.Group is not null) entry["group"] = sub.Group;
            if (sub.Version is not null) entry["version"] = sub.Version;
            yield return entry;
        }
    }

    // As Kubernetes computes it, so that storage migrators find what they know.
    private static string StorageVersionHash(ResourceType type) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{type.StorageApiVersion ?? $"{type.Group}/{type.Version}"}/{type.Kind}")).AsSpan(0, 8));

    private static JsonObject Entry(string name, string singular, ResourceType type, string kind, IReadOnlyList<string> verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = singular,
        ["namespaced"] = type.Namespaced,
        ["kind"] = kind,
        ["verbs"] = Texts(verbs),
    };

    private static IReadOnlyList<string> Verbs(ResourceType type) => type.IsCustom ? CustomVerbs : type.Verbs;

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
