using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Kubernetes.Tests.Support;

/// <summary>An HTTP proxy that opens every tunnel to one local port, whatever name was asked for.</summary>
public sealed class ForwardProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int port;
    private readonly string? authorization;
    private readonly Task accepting;

    private ForwardProxy(int port, string? authorization)
    {
        this.port = port;
        this.authorization = authorization;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>The targets of the tunnels.</summary>
    public ConcurrentQueue<string> Tunnels { get; } = new();

    public static ForwardProxy To(int port, string? authorization = null) => new(port, authorization);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var tunnels = new List<Task>();
        try
        {
            while (true)
                tunnels.Add(TunnelAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(tunnels);
        }
    }

    private async Task TunnelAsync(TcpClient accepted)
    {
        using var client = accepted;
        await using var near = client.GetStream();
        try
        {
            var head = await HeadAsync(near);
            if (authorization is not null && !head.Contains($"Proxy-Authorization: Basic {authorization}", StringComparison.OrdinalIgnoreCase))
            {
                await near.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"it\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stop.Token);
                return;
            }

            Tunnels.Enqueue(head.Split(' ')[1]);
            using var far = new TcpClient();
            await far.ConnectAsync(IPAddress.Loopback, port, stop.Token);
            await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), stop.Token);
            await using var target = far.GetStream();
            await Task.WhenAny(near.CopyToAsync(target, stop.Token), target.CopyToAsync(near, stop.Token));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // One of the ends hung up.
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop.Token) > 0)
            text.Append((char)one[0]);

        return text.ToString();
    }
}
