using Sluice.Sandbox.ApiServer;
using YamlDotNet.RepresentationModel;

namespace Sluice.Testing.Permissions;

/// <summary>Permissions as text, one each: <c>update rollouts/status.sluice.dev</c>; the core group has no name.</summary>
internal static class Permission
{
    /// <summary>What the rules of a Role or ClusterRole grant.</summary>
    public static IReadOnlySet<string> Of(YamlMappingNode role) =>
        (from rule in (YamlSequenceNode)role["rules"]
         from verb in (YamlSequenceNode)rule["verbs"]
         from resource in (YamlSequenceNode)rule["resources"]
         from apiGroup in (YamlSequenceNode)rule["apiGroups"]
         select TextOf(verb.ToString(), resource.ToString(), apiGroup.ToString())).ToHashSet();

    /// <summary>What a request takes; null where it is not about a resource.</summary>
    public static (string Permission, string Namespace)? Of(ApiRequest request)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not (["api", _, ..] or ["apis", _, _, ..])) return null;

        var apiGroup = parts[0] == "api" ? "" : parts[1];
        var rest = parts[(parts[0] == "api" ? 2 : 3)..];
        var ns = rest is ["namespaces", var name, _, ..] ? name : "";
        if (ns.Length > 0) rest = rest[2..];
        return rest is [var plural, ..] ? (TextOf(VerbOf(request, rest.Length > 1), rest.Length > 2 ? $"{plural}/{rest[2]}" : plural, apiGroup), ns) : null;
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

    private static string TextOf(string verb, string resource, string apiGroup) => $"{verb} {resource}.{apiGroup}".TrimEnd('.');
}
