using System.Net.Sockets;
using System.Threading.Channels;

namespace Sluice.EndToEnd.Leadership.World;

/// <summary>One direction of a connection: reads what is sent, holds it while the way is closed, and delivers it in order.</summary>
internal sealed class OneWay(Socket from, Socket to, Func<TimeSpan> delay)
{
    private readonly Lock gate = new();
    private TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen
    {
        get => open.Task.IsCompleted;
        set
        {
            lock (gate)
            {
                if (value) open.TrySetResult();
                else if (open.Task.IsCompleted) open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>True when the sender has ended in order and everything is delivered; false for a reset, which takes back what was not.</summary>
    public async Task<bool> CarryAsync(CancellationToken ct)
    {
        using var reset = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var held = Channel.CreateUnbounded<(byte[] Bytes, long At)>();
        var delivering = DeliverAsync(held.Reader, reset.Token);
        var ended = await ReadAsync(held.Writer, ct);
        if (!ended) await reset.CancelAsync();
        var delivered = await delivering;
        if (ended || ct.IsCancellationRequested) return ended && delivered;

        // A reset has to arrive too.
        await UntilOpenAsync(ct);
        return false;
    }

    private async Task<bool> ReadAsync(ChannelWriter<(byte[] Bytes, long At)> held, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ct) is var count and > 0)
                held.TryWrite((buffer[..count], TimeProvider.System.GetTimestamp()));
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            held.Complete();
        }
    }

    private async Task<bool> DeliverAsync(ChannelReader<(byte[] Bytes, long At)> held, CancellationToken ct)
    {
        try
        {
            await foreach (var (bytes, at) in held.ReadAllAsync(ct))
            {
                var late = delay() - TimeProvider.System.GetElapsedTime(at);
                if (late > TimeSpan.Zero) await Task.Delay(late, TimeProvider.System, ct);
                await UntilOpenAsync(ct);
                await to.SendAsync(bytes, ct);
            }

            await UntilOpenAsync(ct);
            to.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task UntilOpenAsync(CancellationToken ct)
    {
        try
        {
            while (!IsOpen) await open.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The connection has ended otherwise.
        }
    }
}
