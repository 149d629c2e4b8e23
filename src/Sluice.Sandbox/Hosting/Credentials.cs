using Sluice.Sandbox.ApiServer;

namespace Sluice.Sandbox.Hosting;

/// <summary>Who a request is from: nothing is verified, everything is believed.</summary>
internal static class Credentials
{
    /// <summary>The bearer token names the user (<c>alice</c>, or <c>alice|group1,group2</c>); impersonation headers replace it.</summary>
    public static ApiUser User(string? authorization, string? impersonated, IReadOnlyList<string> impersonatedGroups)
    {
        if (!string.IsNullOrEmpty(impersonated)) return new ApiUser(impersonated, [.. impersonatedGroups, "system:authenticated"]);
        const string bearer = "Bearer ";
        if (authorization?.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) != true) return ApiUser.Administrator;
        var parts = authorization[bearer.Length..].Split('|');
        var groups = parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
        return new ApiUser(parts[0], [.. groups, "system:authenticated"]);
    }
}
