using System.Collections.Concurrent;
using Sluice.Sandbox.ApiServer;
using YamlDotNet.RepresentationModel;

namespace Sluice.EndToEnd.Installation;

/// <summary>Permissions as text, one each: <c>update rollouts/status.sluice.dev</c>; the core group has no name.</summary>
internal static class Permissions
{
    /// <summary>What the rules of a Role or ClusterRole grant.</summary>
    public static IReadOnlySet<string> Of(YamlMappingNode role) =>
        (from rule in (YamlSequenceNode)role["rules"]
         from verb in (YamlSequenceNode)rule["verbs"]
         from resource in (YamlSequenceNode)rule["resources"]
         from apiGroup in (YamlSequenceNode)rule["apiGroups"]
         select Permission(verb.ToString(), resource.ToString(), apiGroup.ToString())).ToHashSet();

    /// <summary>What a request takes; null where it is not about a resource.</summary>
    public static (string Permission, string Namespace)? Of(ApiRequest request)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not (["api", _, ..] or ["apis", _, _, ..])) return null;

        var apiGroup = parts[0] == "api" ? "" : parts[1];
        var rest = parts[(parts[0] == "api" ? 2 : 3)..];
        var ns = rest is ["namespaces", var name, _, ..] ? name : "";
        if (ns.Length > 0) rest = rest[2..];
        return rest is [var plural, ..] ? (Permission(VerbOf(request, rest.Length > 1), rest.Length > 2 ? $"{plural}/{rest[2]}" : plural, apiGroup), ns) : null;
    }

    private static string VerbOf(ApiRequest request, bool isNamed) => request.Method switch
    {
        "GET" => request.IsWatch ? "watch" : isNamed ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => isNamed ? "delete" : "deletecollection",
        var method => method,
    };

    private static string Permission(string verb, string resource, string apiGroup) => $"{verb} {resource}.{apiGroup}".TrimEnd('.');
}

/// <summary>The permissions that one client of an API server makes use of, by namespace.</summary>
internal sealed class UsedPermissions(string userAgent)
{
    private readonly ConcurrentDictionary<(string Permission, string Namespace), bool> used = new();

    public void Watch(ApiServerHooks hooks) => hooks.BeforeCommit = request =>
    {
        if (request.UserAgent.StartsWith(userAgent, StringComparison.Ordinal) && Permissions.Of(request) is { } permission) used.TryAdd(permission, true);
        return null;
    };

    public IReadOnlySet<string> In(Func<string, bool> ns) => used.Keys.Where(key => ns(key.Namespace)).Select(key => key.Permission).ToHashSet();
}
