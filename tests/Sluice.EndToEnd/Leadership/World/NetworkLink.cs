using System.Net;
using System.Net.Sockets;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>What passes over a <see cref="NetworkLink"/>.</summary>
internal enum LinkState
{
    Open,

    /// <summary>Nobody listens, and what was connected is reset.</summary>
    Refused,

    /// <summary>Connections stay up and nothing arrives, either way.</summary>
    Silent,

    /// <summary>What the client sends does not arrive.</summary>
    RequestsLost,

    /// <summary>What the server answers does not arrive.</summary>
    AnswersLost,
}

/// <summary>
/// The network between one client and a server on this machine. As TCP does, it holds what cannot be delivered and delivers it when the network is back,
/// even if the client has closed the connection by then; only a reset takes back what has not arrived.
/// </summary>
internal sealed class NetworkLink : IAsyncDisposable
{
    private readonly IPEndPoint server;
    private readonly CancellationTokenSource end = new();
    private readonly Lock gate = new();
    private readonly List<LinkedConnection> connections = [];
    private TcpListener listener;
    private Task accepting;

    private NetworkLink(IPEndPoint server)
    {
        this.server = server;
        listener = Listen(port: 0);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    public int Port { get; }

    public LinkState State { get; private set; } = LinkState.Open;

    /// <summary>How much later everything arrives, each way.</summary>
    public TimeSpan Delay { get; set; }

    public static NetworkLink To(IPEndPoint server) => new(server);

    public async Task SetAsync(LinkState state)
    {
        if (State == LinkState.Refused && state != LinkState.Refused)
        {
            listener = Listen(Port);
            accepting = AcceptAsync(listener);
        }

        State = state;
        List<LinkedConnection> current;
        lock (gate) current = [.. connections];
        foreach (var connection in current) Apply(connection);
        if (state != LinkState.Refused) return;

        listener.Dispose();
        await accepting;
        foreach (var connection in current) connection.Reset();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        List<LinkedConnection> current;
        lock (gate) current = [.. connections];
        foreach (var connection in current) connection.Reset();
        end.Dispose();
    }

    private static TcpListener Listen(int port)
    {
        var listening = new TcpListener(IPAddress.Loopback, port);
        listening.Start();
        return listening;
    }

    private void Apply(LinkedConnection connection)
    {
        connection.Requests.IsOpen = State is LinkState.Open or LinkState.AnswersLost;
        connection.Answers.IsOpen = State is LinkState.Open or LinkState.RequestsLost;
    }

    private async Task AcceptAsync(TcpListener from)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var client = await from.AcceptSocketAsync(end.Token);
                _ = ServeAsync(client);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var connection = new LinkedConnection(client, upstream, () => Delay);
        lock (gate) connections.Add(connection);
        Apply(connection);
        try
        {
            await upstream.ConnectAsync(server, end.Token);
            await connection.CarryAsync(end.Token);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            connection.Reset();
        }
        finally
        {
            lock (gate) connections.Remove(connection);
        }
    }
}
