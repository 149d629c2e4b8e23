using System.Net;
using Sluice.Kubernetes.Authentication;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY ask for, read as kubectl reads them (golang.org/x/net/http/httpproxy): .NET's own reading knows
/// neither address ranges in NO_PROXY nor that this machine needs no proxy, and pods are commonly given both.
/// </summary>
internal static class EnvironmentProxy
{
    /// <summary>Null when the server is to be reached directly.</summary>
    /// <exception cref="KubernetesConfigurationException">The variable that counts holds no address.</exception>
    public static Uri? For(Uri server, Func<string, string?> variable)
    {
        var name = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        if (Value(variable, name) is not { } address || IsThisMachine(server))
            return null;

        var exceptions = (Value(variable, "NO_PROXY") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (exceptions.Any(exception => Matches(exception, server)))
            return null;

        return KubeAddress.TryProxy(address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}")
            ?? throw new KubernetesConfigurationException($"{name}: not an address that begins with http://, https:// or socks5://");
    }

    private static string? Value(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } upper ? upper : variable(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;

    private static bool IsThisMachine(Uri server) =>
        server.IdnHost == "localhost" || (IPAddress.TryParse(server.IdnHost, out var address) && IPAddress.IsLoopback(address));

    private static bool Matches(string exception, Uri server)
    {
        if (exception == "*")
            return true;

        if (IPAddress.TryParse(server.IdnHost, out var address))
        {
            if (IPNetwork.TryParse(exception, out var range))
                return range.Contains(address);

            return IPEndPoint.TryParse(exception, out var point) && point.Address.Equals(address) && (point.Port == 0 || point.Port == server.Port);
        }

        return MatchesName(exception, server);
    }

    /// <summary>A name stands for itself and all below it, one that begins with a dot only for those below it.</summary>
    private static bool MatchesName(string exception, Uri server)
    {
        var parts = exception.Split(':', 2);
        if (parts.Length == 2 && parts[1] != server.Port.ToString())
            return false;

        var name = parts[0].StartsWith("*.", StringComparison.Ordinal) ? parts[0][1..] : parts[0];
        return name.StartsWith('.')
            ? server.IdnHost.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            : server.IdnHost.Equals(name, StringComparison.OrdinalIgnoreCase) || server.IdnHost.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase);
    }
}
