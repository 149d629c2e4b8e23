using System.Collections.Concurrent;
using Sluice.Sandbox.ApiServer;

namespace Sluice.Testing.Permissions;

/// <summary>The permissions that the clients of a name make use of at an API server, by namespace.</summary>
internal sealed class UsedPermissions(string userAgent)
{
    private readonly ConcurrentDictionary<(string Permission, string Namespace), bool> used = new();

    /// <summary>Notes what the request takes, and returns it; null where it is another client's, or not about a resource.</summary>
    public (string Permission, string Namespace)? Note(ApiRequest request)
    {
        if (!request.UserAgent.StartsWith(userAgent, StringComparison.Ordinal) || Permission.Of(request) is not { } permission) return null;
        used.TryAdd(permission, true);
        return permission;
    }

    public IReadOnlySet<string> In(Func<string, bool> ns) => used.Keys.Where(key => ns(key.Namespace)).Select(key => key.Permission).ToHashSet();
}
