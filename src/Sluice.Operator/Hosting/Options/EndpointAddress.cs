using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Sluice.Operator.Hosting.Options;

/// <summary>Where an endpoint listens, in the notation of Kubernetes' components: <c>:8080</c> is every address, port 0 one that the system chooses.</summary>
/// <param name="Host">The IP address; null for every one of the machine.</param>
/// <param name="Port">The port; null when the endpoint is off.</param>
public sealed record EndpointAddress(IPAddress? Host, int? Port)
{
    public static EndpointAddress Off { get; } = new(null, null);

    public static EndpointAddress Any(int port) => new(null, port);

    public static bool TryParse(string text, [NotNullWhen(true)] out EndpointAddress? address)
    {
        address = text == "0" ? Off : Parse(text);
        return address is not null;
    }

    public override string ToString()
    {
        if (Port is not { } port) return "0";
        return Host is null ? $":{port.ToString(CultureInfo.InvariantCulture)}" : new IPEndPoint(Host, port).ToString();
    }

    private static EndpointAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return null;

        var host = text[..colon];
        if (host.Length == 0) return new EndpointAddress(null, port);
        if (host == "localhost") return new EndpointAddress(IPAddress.Loopback, port);

        // Without brackets the last group of an IPv6 address would pass for a port.
        return IPAddress.TryParse(host, out var ip) && host.StartsWith('[') == (ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            ? new EndpointAddress(ip, port)
            : null;
    }
}
