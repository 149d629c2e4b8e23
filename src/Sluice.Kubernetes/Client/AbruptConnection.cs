using System.Net;
using System.Net.Sockets;

namespace Sluice.Kubernetes.Client;

/// <summary>
/// Connections that end by a reset, whoever ends them, our own death included: else the system would go on for minutes to deliver what a process has sent and
/// given up, and a write must not arrive when somebody else writes already.
/// </summary>
internal static class AbruptConnection
{
    // IPPROTO_TCP and TCP_USER_TIMEOUT of Linux' tcp.h, the latter as of RFC 5482.
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    /// <param name="server">A name or an address.</param>
    /// <param name="undeliveredTimeout">See <see cref="KubernetesClientOptions.UndeliveredTimeout"/>.</param>
    /// <param name="ct">Gives up.</param>
    public static async ValueTask<Stream> OpenAsync(EndPoint server, TimeSpan? undeliveredTimeout, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0) };
        try
        {
            if (undeliveredTimeout is { } timeout && OperatingSystem.IsLinux())
                socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)timeout.TotalMilliseconds));

            await socket.ConnectAsync(server, ct);
            return new AbruptStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A network stream says that it has ended before it ends; this one does not.</summary>
    private sealed class AbruptStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                Socket.Dispose();

            base.Dispose(disposing);
        }
    }
}
