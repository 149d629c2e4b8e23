namespace Sluice.Sandbox.ApiServer.Rest;

/// <summary>A path under /api or /apis that names a resource.</summary>
internal sealed record RequestPath(string Group, string Version, string? Namespace, string Plural, string? Name, string? Subresource)
{
    /// <summary>Null where the path names no resource, such as a discovery document.</summary>
    public static RequestPath? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api", var version, .. var rest] => Resource("", version, rest),
            ["apis", var group, var version, .. var rest] => Resource(group, version, rest),
            _ => null,
        };
    }

    /// <summary>The group of an apiVersion; empty for that of the core.</summary>
    public static string GroupOf(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : apiVersion[..slash];
    }

    private static RequestPath? Resource(string group, string version, ReadOnlySpan<string> rest)
    {
        if (rest.Length == 0) return null;
        // namespaces/x/status and namespaces/x/finalize belong to the namespace itself, namespaces/x/pods to what is in it.
        var inNamespace = group.Length == 0 || rest.Length > 2;
        if (rest[0] == "namespaces" && rest.Length > 2 && inNamespace && !(group.Length == 0 && rest.Length == 3 && rest[2] is "status" or "finalize"))
        {
            return At(group, version, rest[1], rest[2..]);
        }

        return At(group, version, null, rest);
    }

    private static RequestPath? At(string group, string version, string? @namespace, ReadOnlySpan<string> rest) => rest.Length switch
    {
        1 => new RequestPath(group, version, @namespace, rest[0], null, null),
        2 => new RequestPath(group, version, @namespace, rest[0], rest[1], null),
        3 => new RequestPath(group, version, @namespace, rest[0], rest[1], rest[2]),
        _ => null,
    };
}
