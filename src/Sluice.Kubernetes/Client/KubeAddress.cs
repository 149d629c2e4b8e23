namespace Sluice.Kubernetes.Client;

/// <summary>Addresses as configurations write them; null for what is none.</summary>
internal static class KubeAddress
{
    public static Uri? TryServer(string? text) => Try(text) is { Scheme: "http" or "https" } address ? address : null;

    public static Uri? TryProxy(string? text) => Try(text) is { Scheme: "http" or "https" or "socks5" } address ? address : null;

    private static Uri? Try(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address : null;
}
