using System.Net.Sockets;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>One connection of a client, and the one to the server that goes with it.</summary>
internal sealed class LinkedConnection : IDisposable
{
    private readonly Socket client;
    private readonly Socket server;

    public LinkedConnection(Socket client, Socket server, Func<TimeSpan> delay)
    {
        (this.client, this.server) = (client, server);
        client.NoDelay = server.NoDelay = true;
        Requests = new OneWay(client, server, delay);
        Answers = new OneWay(server, client, delay);
    }

    public OneWay Requests { get; }

    public OneWay Answers { get; }

    /// <summary>Carries both ways until both have ended, or one was reset.</summary>
    public async Task CarryAsync(CancellationToken ct)
    {
        using var reset = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ways = new[] { Requests.CarryAsync(reset.Token), Answers.CarryAsync(reset.Token) };
        await foreach (var way in Task.WhenEach(ways))
        {
            if (await way) continue;

            await reset.CancelAsync();
            Reset();
        }
    }

    /// <summary>Ends it as a reset does: what is under way is lost.</summary>
    public void Reset()
    {
        foreach (var socket in new[] { client, server })
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }

            socket.Dispose();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }
}
